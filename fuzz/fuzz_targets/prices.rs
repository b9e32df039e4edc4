#![no_main]
crewscope_fuzz::target!(crewscope_fuzz::prices::check);
