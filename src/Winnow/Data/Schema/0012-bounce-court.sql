-- Bounce court: what people said against verdicts, and how each rule fares.

-- What a person made of a verdict: 'unbounced' (it ended the mailing, and the person says that the address lives), 'dead' (it did not,
-- and the person says that the address is dead); null as long as nobody disagrees. Who, when and why are in email_events.
alter table inbox add column overruled text;
create index inbox_judged on inbox (account_id, received_at, id, rule, verdict, reason, overruled) where kind = 'bounce' and state = 'done';
-- email_events.type MARKEDDEAD: a person says that the address is dead; detail is the note, as for UNBOUNCE
create index email_events_overruled on email_events (account_id, email_key, at) where type in ('UNBOUNCE', 'MARKEDDEAD');
