mod accounts;
mod provisioning;
