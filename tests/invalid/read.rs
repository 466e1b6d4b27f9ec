//! One value or key that is wrong by itself.

use super::broken;

#[test]
fn syntax() {
    broken!("E0101", "id = \"tiny\"" => "id = \"tiny");
}

#[test]
fn unknown_key() {
    broken!("E0204", "used_export = 0.05" => "usd_export = 0.05");
}

#[test]
fn unknown_section() {
    broken!("E0204", "[collection.city]" => "[colection.city]");
}

#[test]
fn missing_key() {
    broken!("E0202", "region = \"city\"\ncapacity" => "capacity");
}

#[test]
fn wrong_type() {
    broken!("E0201", "mode = \"replacement\"" => "mode = 3");
}

#[test]
fn a_text_that_is_no_share() {
    broken!("E0201", "export_share = 0.1" => "export_share = \"high\"");
}

#[test]
fn a_word_that_is_not_offered() {
    broken!("E0203", "step = \"1 year\"" => "step = \"1 week\"");
}

#[test]
fn missing_unit() {
    broken!("E0301", "battery = \"200 kWh/vehicle\"" => "battery = 200");
}

#[test]
fn wrong_dimension() {
    broken!("E0302", "capacity = \"800 t/yr\"" => "capacity = \"800 GWh/yr\"");
}

#[test]
fn unknown_unit() {
    broken!("E0307", "limit = \"150 t\"" => "limit = \"150 tons\"");
}

#[test]
fn not_finite() {
    broken!("E0303", "cell_yield = 0.95" => "cell_yield = nan");
}

#[test]
fn negative() {
    broken!("E0304", "limit = \"150 t\"" => "limit = \"-150 t\"");
}

#[test]
fn share_above_one() {
    broken!("E0306", "used_export = 0.05" => "used_export = 5");
}

#[test]
fn shares_do_not_sum_to_one() {
    broken!("E0305", "chemistry = { lfp = 0.5, nmc = \"rest\" }" => "chemistry = { lfp = 0.5, nmc = 0.4 }");
}

#[test]
fn collection_does_not_sum_to_one() {
    broken!("E0305", "formal = 0.4\ninformal = \"rest\"" => "formal = 0.4\ninformal = 0.5");
}

#[test]
fn unknown_chemistry() {
    broken!("E0401", "accepts = [\"lfp\", \"nmc\"]" => "accepts = [\"lfp\", \"nmx\"]");
}

#[test]
fn unknown_region() {
    broken!("E0401", "imports_from = \"rest\"" => "imports_from = \"rset\"");
}

#[test]
fn unknown_segment() {
    broken!("E0401", "[use.bus.vehicle]" => "[use.buss.vehicle]");
}

#[test]
fn unknown_substance() {
    broken!("E0401", "Li = { black_mass = 0.95, dust = \"rest\" }" => "Lu = { black_mass = 0.95, dust = \"rest\" }");
}

#[test]
fn unknown_plant() {
    broken!("E0401", "[return.p1]" => "[return.p2]");
}

#[test]
fn transfer_row_without_destination() {
    broken!("E0305", "Li = { black_mass = 0.95, dust = \"rest\" }" => "Li = { black_mass = 0.95 }");
}

#[test]
fn outlet_that_leads_nowhere() {
    broken!("E0308", "black_mass = \"leaching\"" => "black_mass = \"leeching\"");
}

#[test]
fn repeated_year() {
    broken!("E0311", "2020 = 3000, 2025 = 9000" => "2020 = 3000, 2020 = 9000");
}

#[test]
fn not_the_first_of_a_month() {
    broken!("E0203", "start = 2020-01-01" => "start = 2020-01-15");
}

#[test]
fn end_before_start() {
    broken!("E0309", "end = 2035-01-01" => "end = 2019-01-01");
}

#[test]
fn plant_with_zero_capacity() {
    broken!("E0310", "capacity = \"800 t/yr\"" => "capacity = \"0 t/yr\"");
}

#[test]
fn lag_shorter_than_a_step() {
    broken!("E0203", "lag = \"1 yr\"" => "lag = \"1 month\"");
}
