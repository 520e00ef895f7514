"""What providers' webhooks mean: each body becomes mails, chat lines and form answers, at least one."""
