"""What any service needs and no domain word: storage, messages, time, identity, problems."""
