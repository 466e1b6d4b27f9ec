//! The flows of a run between the stages of the loop, summed over regions, segments and chemistries.

use crate::base::number::text;
use crate::results::archive::{Archive, ArchiveError, Sheet, year_of};

/// Stages whose plants stay apart.
const BY_PLANT: [&str; 2] = ["yard", "plant"];

/// A flow between two stages.
#[derive(Clone, Debug, PartialEq)]
struct Route {
    source: String,
    target: String,
    material: String,
    /// t by year and substance.
    mass: Vec<Vec<f64>>,
}

/// A stage that holds mass.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    stage: String,
    /// t at the end of the year, by year and substance.
    mass: Vec<Vec<f64>>,
}

/// All flows and stocks of a run by year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoopFlows {
    /// Calendar years.
    pub years: Vec<i32>,
    /// Substances.
    pub substances: Vec<String>,
    routes: Vec<Route>,
    held: Vec<Held>,
}

/// A flow, summed.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// From which stage, or from where outside.
    pub source: String,
    /// To which.
    pub target: String,
    /// In what form.
    pub material: String,
    /// t.
    pub mass: f64,
}

/// A stock at the end, and how it changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Stock {
    /// Of which stage.
    pub stage: String,
    /// t at the end.
    pub end: f64,
    /// t more than at the beginning.
    pub change: f64,
}

/// Flows and stocks of some years.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window {
    /// Flows that carried something.
    pub flows: Vec<Flow>,
    /// Stocks of the stages that hold something.
    pub stocks: Vec<Stock>,
}

/// A year, or a row, that is met again and again: found at the first look.
fn place<T: PartialEq<U>, U: ?Sized>(
    known: &mut Vec<T>,
    last: &mut usize,
    wanted: &U,
    make: impl FnOnce() -> T,
) -> usize {
    if known.get(*last).is_some_and(|last| last == wanted) {
        return *last;
    }
    let at = known.iter().position(|known| known == wanted);
    *last = at.unwrap_or_else(|| {
        known.push(make());
        known.len() - 1
    });
    *last
}

impl LoopFlows {
    /// Reads `flows.csv` and `stocks.csv`.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn read(archive: &Archive<'_>) -> Result<Self, ArchiveError> {
        let mut read = Self::default();
        read.add_flows(&archive.bytes("tables/flows.csv")?.unwrap_or_default())
            .map_err(|cause| broken("flows", &cause))?;
        if let Some(stocks) = archive.table("stocks")? {
            read.add_stocks(&stocks);
        }
        Ok(read)
    }

    fn add_flows(&mut self, bytes: &[u8]) -> Result<(), csv::Error> {
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers()?.clone();
        let column = |name: &str| header.iter().position(|known| known == name).unwrap_or(usize::MAX);
        let [time, source, target, material, substance, plant, value] =
            ["time", "source", "target", "material", "substance", "plant", "value"].map(column);
        let (mut year_at, mut substance_at, mut route_at) = (0, 0, 0);
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row)? {
            let cell = |at: usize| row.get(at).unwrap_or_default();
            let (Some(year), Ok(mass)) = (year_of(cell(time)), cell(value).parse::<f64>()) else { continue };
            let year = place(&mut self.years, &mut year_at, &year, || year);
            let substance =
                place(&mut self.substances, &mut substance_at, cell(substance), || cell(substance).to_owned());
            let ends = [cell(source), cell(target)];
            let same = |route: &Route| {
                route.material == cell(material)
                    && is_stage(&route.source, ends[0], cell(plant))
                    && is_stage(&route.target, ends[1], cell(plant))
            };
            if !self.routes.get(route_at).is_some_and(same) {
                route_at = self.routes.iter().position(same).unwrap_or_else(|| {
                    let [source, target] = ends.map(|stage| named(stage, cell(plant)));
                    self.routes.push(Route { source, target, material: cell(material).to_owned(), mass: Vec::new() });
                    self.routes.len() - 1
                });
            }
            add(&mut self.routes[route_at].mass, year, substance, mass);
        }
        Ok(())
    }

    fn add_stocks(&mut self, stocks: &Sheet) {
        let columns = ["time", "stage", "substance", "value", "unit"].map(|name| stocks.column(name));
        let [Some(time), Some(stage), Some(substance), Some(value), Some(unit)] = columns else { return };
        // With several periods in a year the last of them is its end.
        let mut ends: Vec<&str> = Vec::new();
        for row in &stocks.rows {
            let now = row.get(time).unwrap_or_default();
            match ends.last_mut() {
                Some(last) if year_of(last) == year_of(now) => *last = now,
                _ => ends.push(now),
            }
        }
        for row in stocks.rows.iter().filter(|row| row.get(unit) == Some("t")) {
            let cell = |at: usize| row.get(at).unwrap_or_default();
            let (Some(year), Ok(mass)) = (year_of(cell(time)), cell(value).parse::<f64>()) else { continue };
            let Some(year) = self.years.iter().position(|known| *known == year) else { continue };
            let Some(substance) = self.substances.iter().position(|known| known == cell(substance)) else { continue };
            if !ends.contains(&cell(time)) {
                continue;
            }
            let at = self.held.iter().position(|held| held.stage == cell(stage)).unwrap_or_else(|| {
                self.held.push(Held { stage: cell(stage).to_owned(), mass: Vec::new() });
                self.held.len() - 1
            });
            add(&mut self.held[at].mass, year, substance, mass);
        }
    }

    /// Flows of the years from `first` to `last`, of one substance or of all together.
    pub fn window(&self, first: i32, last: i32, substance: Option<&str>) -> Window {
        let inside: Vec<usize> = (0..self.years.len()).filter(|at| (first..=last).contains(&self.years[*at])).collect();
        let wanted = substance.map(|name| self.substances.iter().position(|known| known == name));
        let of = |mass: &[Vec<f64>], year: usize| {
            let row = mass.get(year).map(Vec::as_slice).unwrap_or_default();
            match wanted {
                None => row.iter().sum(),
                Some(at) => at.and_then(|at| row.get(at)).copied().unwrap_or(0.0),
            }
        };
        let flows = self.routes.iter().map(|route| Flow {
            source: route.source.clone(),
            target: route.target.clone(),
            material: route.material.clone(),
            mass: inside.iter().map(|year| of(&route.mass, *year)).sum(),
        });
        let flows: Vec<Flow> = flows.filter(|flow| flow.mass > 0.0).collect();
        let before = inside.first().and_then(|first| first.checked_sub(1));
        let stocks = self.held.iter().map(|held| {
            let end = inside.last().map_or(0.0, |year| of(&held.mass, *year));
            let net = |flow: &Flow| {
                (if flow.target == held.stage { flow.mass } else { 0.0 })
                    - if flow.source == held.stage { flow.mass } else { 0.0 }
            };
            // What stood there when the run began is in no table: the books say it.
            let change = before.map_or_else(|| flows.iter().map(net).sum(), |year| end - of(&held.mass, year));
            Stock { stage: held.stage.clone(), end, change }
        });
        let stocks = stocks.filter(|stock| stock.end != 0.0 || stock.change != 0.0).collect();
        Window { flows, stocks }
    }

    /// `sankey.csv`: total mass by year, stage and form, with what stocks keep or give as rows of their own.
    pub fn table(&self, substance: Option<&str>) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory does not fail, and all rows have as many cells as the header.
        let _ = writer.write_record(["time", "source", "target", "type", "value", "unit"]);
        for year in &self.years {
            let window = self.window(*year, *year, substance);
            let time = year.to_string();
            for flow in &window.flows {
                let _ = writer.write_record([&time, &flow.source, &flow.target, &flow.material, &text(flow.mass), "t"]);
            }
            for stock in window.stocks.iter().filter(|stock| stock.change != 0.0) {
                let store = format!("stock:{}", stock.stage);
                let [source, target] = if stock.change > 0.0 { [&stock.stage, &store] } else { [&store, &stock.stage] };
                let _ = writer.write_record([&time, source, target, "stock_change", &text(stock.change.abs()), "t"]);
            }
        }
        writer.into_inner().unwrap_or_default()
    }
}

/// A stage with the plant it belongs to, where plants stay apart.
fn named(stage: &str, plant: &str) -> String {
    if BY_PLANT.contains(&stage) { format!("{stage}:{plant}") } else { stage.to_owned() }
}

/// True if a name is [`named`] so.
fn is_stage(name: &str, stage: &str, plant: &str) -> bool {
    if BY_PLANT.contains(&stage) {
        name.split_once(':').is_some_and(|(known, of)| known == stage && of == plant)
    } else {
        name == stage
    }
}

fn add(mass: &mut Vec<Vec<f64>>, year: usize, substance: usize, value: f64) {
    if mass.len() <= year {
        mass.resize(year + 1, Vec::new());
    }
    let row = &mut mass[year];
    if row.len() <= substance {
        row.resize(substance + 1, 0.0);
    }
    row[substance] += value;
}

fn broken(table: &str, cause: &csv::Error) -> ArchiveError {
    ArchiveError::Read { path: format!("tables/{table}.csv"), cause: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOWS: &str = "\
time,region,source,target,material,substance,segment,chemistry,plant,value,unit
2030,a,use,collection,worn_pack,Li,all,lfp,all,3,t
2030,b,use,collection,worn_pack,Li,all,nmc,all,2,t
2030,a,use,collection,worn_pack,Ni,all,nmc,all,10,t
2030,a,collection,yard,retired_pack,Li,all,lfp,p1,4,t
2031,a,use,collection,worn_pack,Li,all,lfp,all,1,t
2031,a,collection,yard,retired_pack,Li,all,lfp,p1,2,t
2031,a,yard,plant,retired_pack,Li,all,lfp,p1,5,t
";
    const STOCKS: &str = "\
time,region,stage,segment,chemistry,substance,value,unit
2030,a,yard:p1,all,all,Li,4,t
2030,a,use,car,lfp,energy,7,kWh
2031,a,yard:p1,all,all,Li,1,t
";

    fn read() -> LoopFlows {
        let mut read = LoopFlows::default();
        read.add_flows(FLOWS.as_bytes()).unwrap();
        read.add_stocks(&Sheet::read(STOCKS.as_bytes()).unwrap());
        read
    }

    #[test]
    fn flows_are_summed_over_regions_and_chemistries() {
        let flows = read();
        let mass = |window: &Window, source: &str| {
            window.flows.iter().find(|flow| flow.source == source).map(|flow| flow.mass)
        };
        let year = flows.window(2030, 2030, None);
        assert_eq!((mass(&year, "use"), mass(&year, "collection")), (Some(15.0), Some(4.0)));
        let lithium = flows.window(2030, 2031, Some("Li"));
        assert_eq!((mass(&lithium, "use"), mass(&lithium, "yard:p1")), (Some(6.0), Some(5.0)));
        assert!(flows.window(2030, 2030, Some("Co")).flows.is_empty());
    }

    #[test]
    fn stocks_change_by_their_books() {
        let flows = read();
        let stock = |first, last| flows.window(first, last, Some("Li")).stocks[0].clone();
        assert_eq!(stock(2030, 2030), Stock { stage: "yard:p1".into(), end: 4.0, change: 4.0 });
        assert_eq!(stock(2031, 2031), Stock { stage: "yard:p1".into(), end: 1.0, change: -3.0 });
        assert_eq!(stock(2030, 2031).change, 1.0);
        let table = String::from_utf8(flows.table(Some("Li"))).unwrap();
        assert!(table.contains("2031,stock:yard:p1,yard:p1,stock_change,3,t\n"), "{table}");
    }
}
