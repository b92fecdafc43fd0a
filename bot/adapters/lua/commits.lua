-- Many decisions about different cases, stored one after the other: each is all or nothing, whatever becomes of the others.
local answers = {}
for number, wanted in ipairs(request.all) do answers[number] = commit(wanted, ARGV[3 + number]) end
return answers
