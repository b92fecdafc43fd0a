-- Small things to remember. A first sight carries a token, so that a lost answer asked again is still the first.
local verbs = {}

function verbs.now()
  return {'ok', now}
end

-- A server that tells nothing about its memory, or has no limit, has room.
function verbs.room()
  local told, words = pcall(redis.call, 'INFO', 'memory')
  if not told then return {'ok', now, '0', '0'} end
  return {'ok', now, string.match(words, 'used_memory:(%d+)') or '0', string.match(words, 'maxmemory:(%d+)') or '0'}
end

function verbs.recall()
  return {'ok', now, redis.call('GET', key_of('memory', request.name))}
end

function verbs.remember()
  redis.call('SET', key_of('memory', request.name), request.value)
  return {'ok', now}
end

-- Asked again after a lost answer, what stands there is already the new word.
function verbs.swap()
  local key = key_of('memory', request.name)
  local there = redis.call('GET', key) or ''
  if there ~= request.old and there ~= request.new then return {'other', now} end
  redis.call('SET', key, request.new)
  return {'ok', now}
end

function verbs.first_time()
  local key = key_of('seen', request.name)
  local ends, token = string.match(redis.call('GET', key) or '', '^(%d+) (%S+)$')
  if ends and tonumber(ends) > now and token ~= request.token then return {'seen', now} end
  redis.call('SET', key, whole(now + request.keep) .. ' ' .. request.token, 'PX', request.keep)
  return {'first', now}
end

return verbs[request.verb]()
