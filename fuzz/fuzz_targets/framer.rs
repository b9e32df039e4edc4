#![no_main]
crewscope_fuzz::target!(crewscope_fuzz::framer::check);
