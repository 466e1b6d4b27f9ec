//! Market: what is sold, produced and traded, as energy per step. Nothing in the loop acts back on it, so it is laid
//! out when the model is built. Sales drive use, production drives manufacture; what is left over crosses the border.

use crate::base::ids::{ChemistryId, OutputId, StepId, StreamId, Table};

/// Energy of the packs in new vehicles, kWh per step.
#[derive(Clone, Debug)]
pub struct Market {
    /// Sold into each fleet.
    pub sales: Table<StepId, StreamId>,
    /// Sold into each fleet, vehicles per step.
    pub vehicles_sold: Table<StepId, StreamId>,
    /// Built into vehicles, by region and chemistry.
    pub production: Table<StepId, OutputId>,
    /// Planned export of new vehicles, by region and chemistry.
    pub export: Table<StepId, OutputId>,
    /// What remains when production exceeds sales and planned export: also exported.
    pub surplus: Table<StepId, ChemistryId>,
    /// What is missing when sales and planned export exceed production: imported.
    pub deficit: Table<StepId, ChemistryId>,
}
