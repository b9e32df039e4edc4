//! crewscope: a trace viewer for CrewAI runs, all in the browser.
