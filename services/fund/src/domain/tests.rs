//! What is decided about money, without a database.

mod histories;
mod rules_of_allocations;
mod rules_of_appropriations;
mod rules_of_payments;
mod rules_of_the_bank;
mod world;
