-- One service's database and its two roles, with least rights. Run by the superuser once per
-- service; deploy/make_secrets.py sets the variables and writes deploy/secrets/postgres-init.sql.
--
--   :service   the database and the role the service runs as: reads and writes rows, no more
--   :owner     the role that owns the schema and migrates it; used by the migrate job alone
--
-- Passwords come as SCRAM verifiers, so this script never holds one.

CREATE ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION
    PASSWORD :'owner_verifier' CONNECTION LIMIT 5;
CREATE ROLE :"service" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION
    PASSWORD :'service_verifier' CONNECTION LIMIT 60;
-- A transaction left open holds its locks: end it, the service tries again.
ALTER ROLE :"service" SET idle_in_transaction_session_timeout = '60s';

CREATE DATABASE :"service" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"owner", :"service";

\connect :"service"
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"service";
-- What the owner makes from now on, in migrations, the service may use and not alter.
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO :"service";
