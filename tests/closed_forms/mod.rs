use crate::common::{TINY, run};
#[test]
fn tiny_runs() {
    for step in ["1 year", "1 quarter", "1 month"] {
        let ran = run(TINY, &[&format!("time.step={step}")]);
        ran.assert_sound();
        println!("{step}: {:e} {:e}", ran.results.worst_residual, ran.system_residual());
        for p in 0..ran.periods() { if ran.built.model.horizon.step_months == 12 { println!("{} {:?}", ran.label(p), ran.results.plants[p][0]); } }
    }
}
