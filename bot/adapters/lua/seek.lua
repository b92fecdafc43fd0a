-- For each post: which of its names are held and by whom, and its author's cases: how many, and which of the newest are
-- closed. Writes nothing.
local found = {}
for number, post in ipairs(request.posts) do
  local held, closed = {}, {}
  for place, name in ipairs(post.names) do
    local holder = redis.call('GET', key_of('unique', name))
    if holder then held[#held + 1] = {place - 1, holder} end
  end
  local list = key_of('list', post.list)
  local count = redis.call('ZCARD', list)
  if count > 0 then
    for _, case in ipairs(redis.call('ZREVRANGE', list, 0, request.newest - 1)) do
      if redis.call('ZSCORE', key_of('list', request.closed), case) then closed[#closed + 1] = case end
    end
  end
  found[number] = {held, count, closed}
end
return found
