-- Pieces of files: PostgreSQL spends more time on compressing them its old way than on all else that it does to keep them. lz4 costs a tenth of that and
-- saves as much room; a server that was built without it keeps them as they are. SQLite never compresses.

-- (postgres)
do $$
begin
  alter table file_pieces alter column bytes set compression lz4;
exception when feature_not_supported then
  alter table file_pieces alter column bytes set storage external;
end $$;
