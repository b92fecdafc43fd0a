-- One decision, stored.
return commit(request, ARGV[4])
