-- The key that signs suppression passports.

create table passport_keys (              -- one for the installation, made with its first passport
  id     int  not null primary key,       -- 1
  secret text not null                    -- PKCS #8, encrypted
);
