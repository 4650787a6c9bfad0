-- name: read
select relay_host, relay_port, relay_tls, relay_user, relay_password, connections, from_name, from_address, bounce_domain, public_url, per_minute, per_hour
from mail_settings where account_id = @accountId;

-- name: save
insert into mail_settings (account_id, relay_host, relay_port, relay_tls, relay_user, relay_password, connections, from_name, from_address, bounce_domain, public_url, per_minute, per_hour)
values (@accountId, @RelayHost, @RelayPort, @RelayTls, @RelayUser, @relayPassword, @Connections, @FromName, @FromAddress, @BounceDomain, @PublicUrl, @PerMinute, @PerHour)
on conflict (account_id) do update set relay_host = excluded.relay_host, relay_port = excluded.relay_port, relay_tls = excluded.relay_tls,
  relay_user = excluded.relay_user, relay_password = excluded.relay_password, connections = excluded.connections,
  from_name = excluded.from_name, from_address = excluded.from_address, bounce_domain = excluded.bounce_domain, public_url = excluded.public_url,
  per_minute = excluded.per_minute, per_hour = excluded.per_hour;
