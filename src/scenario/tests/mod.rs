//! Scenarios that are right, and one for each way to be wrong.

mod codes;
mod csv_codes;
mod good;

use super::{Problems, Scenario};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A small scenario that uses every kind of value; line numbers in the tests count from its first line.
pub const BASE: &str = r#"schema = 1
[scenario]
id = "small"
title = { en = "Small", zh-CN = "小" }
[time]
start = 2015-01-01
end = 2041-01-01
step = "1 month"
[system]
regions = ["hefei", "rest_of_china"]
segments = ["car", "bus"]
chemistries = ["lfp", "nmc622"]
substances = ["Li", "Ni", "other"]
[market.hefei.car]
sales = { unit = "vehicle/yr", 2020 = 1e5, 2030 = 2e5, then = "fade 10 yr", source = "CAAM", confidence = "A" }
battery = "50 kWh/vehicle"
chemistry = { 2020 = { lfp = 0.4, nmc622 = 0.6 }, 2030 = { lfp = 1.0 } }
[collection.hefei]
formal = { 2025 = 0.4, 2035 = 0.75 }
informal = { 2025 = 0.4, 2035 = 0.1 }
landfill = "rest"
hibernation_delay = "3 yr"
[use.car]
vehicle = { distribution = "weibull", mean = "10 yr", shape = 3.5 }
battery = { distribution = "weibull", scale = { lfp = "9.5 yr", default = "8 yr" }, shape = 3.5 }
[second_life]
reuse_share = { lfp = 0.2, default = 0.03 }
[plant.p1]
region = "hefei"
capacity = { value = 100, unit = "kt/yr", source = "EIA", confidence = "B", note = "nameplate" }
feed = { pack = "shredding" }
accepts = ["lfp"]
[plant.p1.unit.shredding]
outlets = { black_mass = "leaching", casing = "product:steel" }
transfer = { default = { black_mass = 0.9, casing = "rest" } }
[plant.p1.unit.leaching]
outlets = { liquor = "product:li2co3", cake = "residue:cake" }
[plant.p1.unit.leaching.transfer]
Li = { liquor = 0.93, cake = 0.07 }
default = { cake = 1.0 }
[return.p1]
lag = "1 month"
closed_loop_share = "80 %"
[policy.subsidy]
rate = 0.15
cap = "100e6 CNY_2025"
"#;

/// A directory with files in it that goes away again.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(files: &[(&str, &[u8])]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("urbanmine-scenario-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Self(std::env::temp_dir().join(name));
        for (path, bytes) in files {
            let path = folder.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        folder
    }

    pub fn load(&self, name: &str, sets: &[&str]) -> Result<Scenario, Problems> {
        let sets: Vec<String> = sets.iter().map(|s| (*s).to_owned()).collect();
        Scenario::load(&self.0.join(name), &sets)
    }

    /// The findings with the directory cut from the file names.
    pub fn faults(&self, name: &str, sets: &[&str]) -> String {
        let text = match self.load(name, sets) {
            Ok(_) => "nothing wrong".to_owned(),
            Err(problems) => problems.render(false),
        };
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn parse(text: &str, sets: &[&str]) -> Result<Scenario, Problems> {
    let sets: Vec<String> = sets.iter().map(|s| (*s).to_owned()).collect();
    Scenario::parse(text, "small.toml", &std::env::temp_dir(), &sets)
}

pub fn good(text: &str, sets: &[&str]) -> Scenario {
    match parse(text, sets) {
        Ok(scenario) => scenario,
        Err(problems) => panic!("{}", problems.render(false)),
    }
}

/// The findings for the base scenario with one text replaced by another.
pub fn faults(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    match parse(&BASE.replacen(from, to, 1), &[]) {
        Ok(_) => "nothing wrong".into(),
        Err(problems) => problems.render(false),
    }
}
