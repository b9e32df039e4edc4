#![no_main]
crewscope_fuzz::target!();
