-- Run last: nobody but the superuser has business in the databases that come with the server.
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
