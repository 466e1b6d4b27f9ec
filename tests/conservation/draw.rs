//! Draws a scenario: reads random numbers one by one and writes TOML. Zeros give the simplest scenario, so that a
//! failing one shrinks to what matters.

use std::fmt::Write;

/// Random numbers, one after the other.
pub struct Choices<'a> {
    numbers: std::slice::Iter<'a, u16>,
}

impl<'a> Choices<'a> {
    pub fn new(numbers: &'a [u16]) -> Self {
        Self { numbers: numbers.iter() }
    }

    fn next(&mut self) -> u16 {
        self.numbers.next().copied().unwrap_or(0)
    }

    /// A whole number below a limit.
    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.next()) % limit
    }

    /// One of these.
    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// True one time in `n`.
    fn rarely(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// From 0 to 1 with three digits.
    fn share(&mut self) -> f64 {
        (self.below(1001) as f64) / 1000.0
    }

    /// A share that is often one of its ends.
    fn end_or_share(&mut self) -> f64 {
        match self.below(4) {
            0 => 1.0,
            1 => 0.0,
            _ => self.share(),
        }
    }

    /// A time from `low` to `high`, yr.
    fn time(&mut self, low: f64, high: f64) -> String {
        format!("\"{} yr\"", low + (high - low) * self.share())
    }
}

const REGIONS: [&str; 3] = ["a", "b", "c"];
const CHEMISTRIES: [&str; 3] = ["lfp", "nmc", "na"];

/// What has been decided before the sections are written.
struct Frame {
    regions: &'static [&'static str],
    segments: Vec<&'static str>,
    chemistries: &'static [&'static str],
    pool: bool,
    /// Some fleets are given by their size: what is sold must outlive its step.
    sized: bool,
    months: usize,
    start: i32,
    years: i32,
}

/// A scenario on the tables of `tests/data`.
pub fn scenario(c: &mut Choices<'_>) -> String {
    let months = c.one_of(&[12, 3, 1]);
    let frame = Frame {
        regions: &REGIONS[..=c.below(3)],
        segments: if c.rarely(2) { vec!["car", "bus"] } else { vec!["car"] },
        chemistries: &CHEMISTRIES[..=c.below(3)],
        pool: c.rarely(2),
        sized: c.rarely(3),
        months,
        start: 2020,
        years: 2 + c.below(if months == 1 { 7 } else { 12 }) as i32,
    };
    let mut text = head(&frame, c);
    for region in frame.regions {
        manufacture(&mut text, &frame, region, c);
        collection(&mut text, &frame, region, c);
        if frame.pool && c.rarely(2) {
            swap(&mut text, &frame, region, c);
        }
    }
    for segment in &frame.segments {
        market(&mut text, &frame, segment, c);
    }
    if c.rarely(3) {
        let _ = write!(text, "[market.a]\ncapacity = \"{} vehicle/yr\"\nnev_share = {}\n", c.below(9000), c.share());
    }
    usage(&mut text, &frame, c);
    second_life(&mut text, &frame, c);
    plants(&mut text, &frame, c);
    text
}

fn quoted(names: &[&str]) -> String {
    format!("[{}]", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
}

fn head(frame: &Frame, c: &mut Choices<'_>) -> String {
    let step = match frame.months {
        12 => "1 year",
        3 => "1 quarter",
        _ => "1 month",
    };
    let mut segments = frame.segments.clone();
    if frame.pool {
        segments.push("swap_pool");
    }
    let pack_mass = if c.rarely(2) { "pack_mass = \"pack_mass.csv\"\n" } else { "" };
    let (regions, chemistries) = (quoted(frame.regions), quoted(frame.chemistries));
    let (start, end) = (frame.start, frame.start + frame.years);
    let mut text = format!(
        "schema = 1\n[scenario]\nid = \"drawn\"\n[time]\nstart = {start}-01-01\nend = {end}-01-01\nstep = \"{step}\"\n\
         [system]\nregions = {regions}\nsegments = {}\nchemistries = {chemistries}\n\
         substances = [\"Li\", \"Ni\", \"Cu\", \"other\"]\n[composition]\nfile = \"composition.csv\"\n{pack_mass}",
        quoted(&segments)
    );
    if !pack_mass.is_empty() && c.rarely(2) {
        text.push_str("excess = { Cu = 0.3, other = \"rest\" }\n");
    }
    if c.rarely(3) {
        let _ = write!(text, "[uncertainty]\nevents = \"drawn\"\nseed = {}\n", 1 + c.below(1000));
    }
    if c.rarely(2) {
        let _ = write!(text, "[other_recyclers.recovery]\nLi = {}\ndefault = {}\n", c.share(), c.end_or_share());
    }
    text
}

/// A number over time: constant, growing, shrinking, beginning late, or a pulse.
fn series(frame: &Frame, unit: &str, size: f64, c: &mut Choices<'_>) -> String {
    let (first, middle, last) = (frame.start, frame.start + frame.years / 2, frame.start + frame.years - 1);
    let factor = c.share();
    match c.below(5) {
        0 => format!("\"{size} {unit}\""),
        1 if last > first => format!("{{ unit = \"{unit}\", {first} = {}, {last} = {size} }}", size * factor),
        2 if last > first => format!("{{ unit = \"{unit}\", {first} = {size}, {last} = {} }}", size * factor),
        3 => format!("{{ unit = \"{unit}\", {middle} = {size}, before = \"zero\" }}"),
        _ => format!("{{ unit = \"{unit}\", {middle} = {size}, before = \"zero\", then = \"zero\" }}"),
    }
}

/// A share, or one that changes in a straight line.
fn share_series(frame: &Frame, c: &mut Choices<'_>) -> String {
    if c.rarely(2) {
        let (first, last) = (frame.start, frame.start + frame.years);
        return format!("{{ {first} = {}, {last} = {} }}", c.end_or_share(), c.end_or_share());
    }
    c.end_or_share().to_string()
}

/// Shares of chemistries.
fn mix(frame: &Frame, c: &mut Choices<'_>) -> String {
    match frame.chemistries {
        [only] => format!("{{ {only} = 1.0 }}"),
        names => {
            let (taken, rest) = (c.below(names.len()), c.below(names.len()));
            if taken == rest {
                return format!("{{ {} = 1.0 }}", names[taken]);
            }
            format!("{{ {} = {}, {} = \"rest\" }}", names[taken], share_series(frame, c), names[rest])
        }
    }
}

fn market(text: &mut String, frame: &Frame, segment: &str, c: &mut Choices<'_>) {
    let rest_builder = c.rarely(2).then(|| c.below(frame.regions.len()));
    for (index, region) in frame.regions.iter().enumerate() {
        // The region that builds the rest must have a market; elsewhere one may be missing.
        if rest_builder != Some(index) && c.rarely(5) {
            continue;
        }
        let size = c.one_of(&[1e4, 1.0, 1e6, 0.0]);
        let sized = frame.sized && c.rarely(2);
        let sales = if sized {
            let rule = c.one_of(&["early_retirement", "overshoot"]);
            format!("fleet = {}\non_shortfall = \"{rule}\"", series(frame, "vehicle", 5.0 * size, c))
        } else {
            format!("sales = {}", series(frame, "vehicle/yr", size, c))
        };
        let (last, size_before) = (frame.start - 1, size * c.end_or_share());
        let before = format!("initial_fleet = {{ unit = \"vehicle\", {last} = {size_before} }}\n");
        let before = if c.rarely(3) { before } else { String::new() };
        let battery = c.one_of(&["\"50 kWh/vehicle\"", "{ unit = \"kWh/vehicle\", 2020 = 30, 2025 = 80 }"]);
        let chemistry = mix(frame, c);
        let _ = write!(
            text,
            "[market.{region}.{segment}]\n{sales}\n{before}battery = {battery}\nchemistry = {chemistry}\n"
        );
        if rest_builder == Some(index) {
            text.push_str("production = \"rest\"\n");
        } else if rest_builder.is_none() && c.rarely(2) {
            let factor = 2.0 * c.share();
            let _ = writeln!(text, "production = {}", series(frame, "vehicle/yr", size * factor, c));
        }
        match c.below(4) {
            0 => {}
            1 if !sized => {
                let _ = writeln!(text, "electric_share = {}", share_series(frame, c));
            }
            1 | 2 => {
                let _ = writeln!(text, "export_share = {}", 0.9 * c.share());
            }
            _ => {
                let _ = writeln!(text, "export = {}", series(frame, "vehicle/yr", size * c.share(), c));
            }
        }
        if c.rarely(3) {
            text.push_str("profile = [0, 0, 2, 1, 1, 1, 0.5, 0.5, 1, 1, 2, 2]\n");
        }
    }
}

fn manufacture(text: &mut String, frame: &Frame, region: &str, c: &mut Choices<'_>) {
    if c.rarely(5) {
        return;
    }
    let others: Vec<&str> = frame.regions.iter().copied().filter(|other| *other != region).collect();
    let from = if others.is_empty() || c.rarely(2) { "outside" } else { others[c.below(others.len())] };
    let low = |c: &mut Choices<'_>| 0.3 + 0.7 * c.end_or_share();
    let _ = write!(
        text,
        "[manufacture.{region}]\nlocal_supply_share = {}\nimports_from = \"{from}\"\ncell_yield = {}\n\
         electrode_yield = {{ Li = {}, default = {} }}\nmax_recycled_share = {{ Ni = {}, default = {} }}\n",
        share_series(frame, c),
        low(c),
        low(c),
        low(c),
        c.end_or_share(),
        share_series(frame, c)
    );
    if c.rarely(2) {
        let _ = writeln!(text, "inventory_limit = \"{} month\"", c.one_of(&[1, 0, 3, 24]));
    }
}

fn ways(c: &mut Choices<'_>) -> String {
    let names = ["formal", "informal", "used_export", "hibernating", "landfill"];
    let mut weights = [0; 5].map(|_: usize| if c.rarely(2) { 0 } else { c.below(10) });
    let others: usize = weights.iter().enumerate().filter(|(i, _)| *i != 3).map(|(_, w)| w).sum();
    if others == 0 {
        weights[0] = 1;
    }
    let sum: usize = weights.iter().sum();
    let rest = (0..5).filter(|i| *i != 3).max_by_key(|i| weights[*i]).unwrap_or(0);
    let mut text = String::new();
    for (i, name) in names.iter().enumerate() {
        let share = weights[i] as f64 / sum as f64;
        let _ = if i == rest { writeln!(text, "{name} = \"rest\"") } else { writeln!(text, "{name} = {share}") };
    }
    text
}

fn collection(text: &mut String, frame: &Frame, region: &str, c: &mut Choices<'_>) {
    let delay = c.one_of(&["0 yr", "1 yr", "0.5 yr", "2 yr", "3.3 yr", "5 yr"]);
    let _ = write!(text, "[collection.{region}]\nhibernation_delay = \"{delay}\"\n{}", ways(c));
    if c.rarely(3) {
        let segment = frame.segments[c.below(frame.segments.len())];
        let _ = write!(text, "[collection.{region}.by_segment.{segment}]\n{}", ways(c));
    }
}

fn swap(text: &mut String, frame: &Frame, region: &str, c: &mut Choices<'_>) {
    let size = c.one_of(&[100.0, 1e4, 0.0]);
    let _ = write!(
        text,
        "[swap.{region}]\nstations = {}\npacks_per_station = \"13 pack/station\"\nenergy = \"75 kWh/pack\"\nchemistry = {}\n\
         on_shortfall = \"{}\"\n",
        series(frame, "station", size, c),
        mix(frame, c),
        c.one_of(&["overshoot", "early_retirement"])
    );
}

/// A lifetime of any distribution, as an inline table, with a mean of at least `shortest` years.
fn lifetime(frame: &Frame, by_chemistry: bool, shortest: f64, c: &mut Choices<'_>) -> String {
    let mean = c.time(shortest, 12.0);
    let (mean, other) = if by_chemistry && c.rarely(2) {
        let name = frame.chemistries[c.below(frame.chemistries.len())];
        (format!("{{ {name} = {mean}, default = {} }}", c.time(shortest, 12.0)), c.time(0.1, 4.0))
    } else {
        (mean, c.time(0.1, 4.0))
    };
    let shape = 0.6 + 4.0 * c.share();
    match c.below(10) {
        6 => format!("{{ distribution = \"foldednormal\", mu = {mean}, sigma = {other} }}"),
        7 => format!("{{ distribution = \"gamma\", mean = {mean}, sd = {other} }}"),
        8 => format!("{{ distribution = \"logistic\", location = {mean}, scale = {other} }}"),
        9 => "{ distribution = \"tabulated\", survival = { \"0 yr\" = 1, \"3 yr\" = 0.8, \"7 yr\" = 0.1 } }".to_owned(),
        0 => format!("{{ distribution = \"fixed\", life = {mean} }}"),
        1 => format!("{{ distribution = \"weibull\", scale = {mean}, shape = {shape} }}"),
        2 => format!("{{ distribution = \"weibull\", mean = {mean}, shape = {shape} }}"),
        3 => format!("{{ distribution = \"normal\", mean = {mean}, sd = {other} }}"),
        4 => format!("{{ distribution = \"normal_trunc0\", mean = {mean}, sd = {other} }}"),
        _ => format!("{{ distribution = \"lognormal\", mean = {mean}, sd = {other} }}"),
    }
}

fn usage(text: &mut String, frame: &Frame, c: &mut Choices<'_>) {
    let (mode, at) = (c.one_of(&["replacement", "neither", "reuse", "both"]), c.one_of(&["mid", "end", "start"]));
    let _ = write!(text, "[use]\nmode = \"{mode}\"\ninflow_at = \"{at}\"\n");
    for segment in &frame.segments {
        let shortest = if frame.sized { 2.5 } else { 0.3 };
        let (vehicle, battery) = (lifetime(frame, false, shortest, c), lifetime(frame, true, shortest, c));
        let _ = write!(text, "[use.{segment}]\nvehicle = {vehicle}\nbattery = {battery}\n");
    }
    if c.rarely(3) {
        let (of, factor) = (c.one_of(&["vehicle", "battery"]), 3.0 * c.share());
        let from = frame.start + c.below(3) as i32;
        let _ = write!(text, "[use.hazard_policy.p]\nof = \"{of}\"\nfrom = {from}-01-01\nfactor = {factor}\n");
    }
    if frame.pool {
        // A pool whose packs do not outlive the step they enter in is refused.
        let _ = write!(text, "[use.swap_pool]\nbattery = {}\n", lifetime(frame, true, 1.1, c));
    }
}

fn second_life(text: &mut String, frame: &Frame, c: &mut Choices<'_>) {
    if c.below(2) == 0 {
        return;
    }
    let _ = write!(
        text,
        "[second_life]\nmin_state_of_health = {}\nreuse_share = {{ lfp = {}, default = {} }}\nrepurposing_yield = {}\n\
         lifetime = {}\n[second_life.state_of_health.default]\nfade = \"{} 1/yr\"\nspread = {}\n",
        c.share(),
        c.end_or_share(),
        share_series(frame, c),
        c.end_or_share(),
        lifetime(frame, true, 0.3, c),
        0.1 * c.share(),
        c.one_of(&[0.05, 0.0])
    );
}

/// Units of a plant: one step, a train with a recycle stream, or a train with a strong one and a way for scrap.
fn units(name: &str, c: &mut Choices<'_>) -> String {
    let capacity = |c: &mut Choices<'_>| {
        let capacity =
            c.one_of(&["", "capacity = \"300 t/yr\"\n", "capacity = \"20 kt/yr\"\n", "capacity = \"1 t/yr\"\n"]);
        if c.rarely(2) { capacity } else { "" }
    };
    let unit = format!("plant.{name}.unit");
    match c.below(3) {
        0 => format!(
            "feed = {{ pack = \"melt\" }}\n[{unit}.melt]\n{}outlets = {{ metal = \"product:metal\", slag = \"residue:slag\" }}\n\
             transfer = {{ Li = {{ slag = 1.0 }}, default = {{ metal = {}, slag = \"rest\" }} }}\n\
             [plant.{name}.product]\nmetal = {{ grade = \"battery\"{} }}\n",
            capacity(c),
            c.share(),
            c.one_of(&["", ", sales = \"900 t/yr\", store = \"50 t\"", ", sales = \"5 t/yr\""])
        ),
        kind => {
            let back = if kind == 1 { 0.2 } else { 0.95 * c.share() };
            format!(
                "feed = {{ pack = \"shred\", scrap = \"leach\" }}\n\
                 [{unit}.shred]\n{}outlets = {{ mass = \"leach\", foil = \"product:copper\", dust = \"emission:dust\" }}\n\
                 transfer = {{ Cu = {{ foil = 0.9, mass = \"rest\" }}, default = {{ mass = {}, dust = \"rest\" }} }}\n\
                 [{unit}.leach]\n{}outlets = {{ liquor = \"grow\", cake = \"residue:cake\" }}\n\
                 transfer = {{ file = \"leaching.csv\" }}\n\
                 [{unit}.grow]\n{}outlets = {{ salt = \"product:salt\", mother = \"leach\", bleed = \"residue:bleed\" }}\n\
                 transfer = {{ default = {{ mother = {back}, bleed = 0.01, salt = \"rest\" }} }}\n\
                 [plant.{name}.product]\nsalt = {{ grade = \"battery\", returns = {} }}\ncopper = {{ grade = \"technical\", returns = {} }}\n",
                capacity(c),
                c.share(),
                capacity(c),
                capacity(c),
                c.one_of(&["true", "false"]),
                c.one_of(&["false", "true"])
            )
        }
    }
}

fn plants(text: &mut String, frame: &Frame, c: &mut Choices<'_>) {
    let names = &["p1", "p2"][..c.below(3)];
    let rest_taker = c.below(2);
    let given: Vec<String> = (0..9).map(|_| (c.end_or_share() * 0.5).to_string()).collect();
    for (index, name) in names.iter().enumerate() {
        let region = frame.regions[c.below(frame.regions.len())];
        let capacity = c.one_of(&["1 kt/yr", "1 t/yr", "100 kt/yr", "1e-6 t/yr", "10 Mt/yr"]);
        let _ = write!(text, "[plant.{name}]\nregion = \"{region}\"\ncapacity = \"{capacity}\"\n");
        calendar(text, frame, c);
        if c.rarely(3) {
            let _ = writeln!(text, "accepts = {}", quoted(&frame.chemistries[..1]));
        }
        if c.rarely(3) {
            let _ = writeln!(
                text,
                "expansion.more = {{ start = {}-01-01, lead = \"5 month\", capacity = \"2 kt/yr\" }}",
                frame.start + 1
            );
        }
        if c.rarely(4) {
            let _ = writeln!(text, "counts = [\"retired\", \"new_scrap\"]");
        }
        text.push_str(&units(name, c));
        let _ = writeln!(text, "[yard.{name}]");
        if c.rarely(3) {
            let _ = writeln!(text, "charged_limit = \"{}\"", c.one_of(&["20 t", "0 t", "1 kt"]));
        }
        let limit = c.one_of(&["", "10 t", "0 t", "1 g", "5 kt"]);
        if !limit.is_empty() {
            let _ = writeln!(text, "limit = \"{limit}\"");
        }
        let priority = c.one_of(&[
            "[\"new_scrap\", \"retired\", \"second_life\", \"purchased\"]",
            "[\"purchased\", \"retired\"]",
            "[\"second_life\"]",
        ]);
        let (discipline, overflow) = (c.one_of(&["mixed", "priority", "fifo"]), c.one_of(&["diverted", "declined"]));
        let _ = write!(text, "discipline = \"{discipline}\"\npriority = {priority}\noverflow = \"{overflow}\"\n");
        let _ = writeln!(text, "[yard.{name}.share]");
        for (s, stream) in ["new_scrap", "retired", "second_life"].iter().enumerate() {
            let shares: Vec<String> = frame
                .regions
                .iter()
                .enumerate()
                .map(|(r, region)| {
                    let share = if index == rest_taker { "\"rest\"" } else { &given[s * 3 + r] };
                    format!("{region} = {share}")
                })
                .collect();
            let _ = writeln!(text, "{stream} = {{ {} }}", shares.join(", "));
        }
        let lag = (1 + c.below(6)) * frame.months;
        let to = frame.regions[c.below(frame.regions.len())];
        let loop_share = share_series(frame, c);
        let _ =
            write!(text, "[return.{name}]\nlag = \"{lag} month\"\nclosed_loop_share = {loop_share}\nto = \"{to}\"\n");
    }
}

fn calendar(text: &mut String, frame: &Frame, c: &mut Choices<'_>) {
    let first = frame.start;
    match c.below(4) {
        0 => {}
        1 => {
            let _ = writeln!(text, "construction = {{ start = {}-03-01, lead = \"10 month\" }}", first - 5);
            if c.rarely(4) {
                let _ = writeln!(text, "closes = {}-05-01", first + frame.years - 1);
            }
        }
        2 => {
            let _ = writeln!(text, "construction = {{ start = {first}-05-01, lead = \"7 month\" }}");
        }
        _ => {
            let _ =
                writeln!(text, "construction = {{ start = {}-01-01, lead = \"30 month\" }}", first + frame.years - 2);
        }
    }
    let ramp = c.one_of(&[
        "",
        "ramp_up = { profile = \"linear\", initial = 0.2, duration = \"18 month\" }\n",
        "ramp_up = { profile = \"logistic\", initial = 0.0, duration = \"24 month\" }\n",
        "ramp_up = { profile = \"table\", table = [0.0, 0.1, 0.5, 0.3, 1.0] }\n",
    ]);
    text.push_str(ramp);
    if c.rarely(2) {
        text.push_str("planned_outage = { every = \"9 month\", length = \"40 day\" }\n");
    }
    if c.rarely(2) {
        text.push_str("unplanned_outage = { mtbf = \"45 day\", mttr = \"36 h\" }\n");
    }
}
