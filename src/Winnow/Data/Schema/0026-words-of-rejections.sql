-- Why rows are rejected is said in the language of who started the import.

alter table imports add column texts text;             -- the reasons in that language, as a JSON object of English to it; null: in English
