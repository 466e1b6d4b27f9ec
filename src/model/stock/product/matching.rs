//! Who gets what: trimming to the room there is, and old products meeting old components.

/// Trims `amounts` (the oldest first) to `room`: from the oldest on nothing is left of a cohort while the younger ones
/// alone exceed the room, and the first that fits in part keeps that part. No room leaves nothing.
pub fn trim(amounts: &mut [f64], room: f64) {
    let total: f64 = amounts.iter().sum();
    if total <= room {
        return;
    }
    for i in 0..amounts.len() {
        let Some((amount, younger)) = amounts.get_mut(i..).and_then(<[f64]>::split_first_mut) else { return };
        let rest: f64 = younger.iter().sum();
        if rest > room {
            *amount = 0.0;
        } else {
            *amount = (room - rest).max(0.0);
            return;
        }
    }
}

/// Gives the oldest component to the oldest product in need, as long as there are both; calls `pair(p, c, amount)` and
/// leaves in `need` and `have` what found no partner.
pub fn meet(need: &mut [f64], have: &mut [f64], mut pair: impl FnMut(usize, usize, f64)) {
    let (mut p, mut c) = (0, 0);
    while let (Some(wanted), Some(offered)) = (need.get_mut(p), have.get_mut(c)) {
        let amount = wanted.min(*offered);
        if amount != 0.0 {
            pair(p, c, amount);
        }
        let (product_done, component_done) = (*wanted <= *offered, *offered <= *wanted);
        // The one that is used up becomes exactly nothing.
        *wanted = if product_done { 0.0 } else { *wanted - amount };
        *offered = if component_done { 0.0 } else { *offered - amount };
        p += usize::from(product_done);
        c += usize::from(component_done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_dropped_first() {
        let trimmed = |room| {
            let mut amounts = [1.0, 2.0, 3.0];
            trim(&mut amounts, room);
            amounts
        };
        assert_eq!(trimmed(9.0), [1.0, 2.0, 3.0]);
        assert_eq!(trimmed(5.5), [0.5, 2.0, 3.0]);
        assert_eq!(trimmed(4.0), [0.0, 1.0, 3.0]);
        assert_eq!(trimmed(1.0), [0.0, 0.0, 1.0]);
        assert_eq!(trimmed(-1.0), [0.0; 3]);
    }

    #[test]
    fn old_meets_old() {
        let (mut need, mut have) = ([2.0, 1.0, 4.0], [1.0, 2.0, 0.0]);
        let mut pairs = vec![];
        meet(&mut need, &mut have, |p, c, amount| pairs.push((p, c, amount)));
        assert_eq!(pairs, [(0, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)]);
        assert_eq!((need, have), ([0.0, 0.0, 4.0], [0.0; 3]));
    }
}
