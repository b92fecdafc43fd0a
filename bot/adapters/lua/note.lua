-- A line of the record that belongs to no change: a refusal, or an item that could not be read.
-- The same note within `keep` milliseconds is counted and not written again.
local op_key, case_key = key_of('op', request.op), key_of('case', request.case)
if not is_kind(journal_key, 'stream') or not is_kind(counts_key, 'hash') then return {'broken', now} end
local stored = is_kind(case_key, 'string') and redis.call('GET', case_key) or nil
local stamp, last
if stored then stamp, last = head_of(stored) end
local fresh = redis.call('SET', op_key, '-', 'PX', request.keep, 'NX')
if fresh or request.count_each then redis.call('HINCRBY', counts_key, request.count, 1) end
if not fresh then return {'again', now} end
local line = journal(last or '-', request.case, request.fact, now, request.by, request.detail, 0, request)
if stamp then
  redis.call('SET', case_key, case_value(stamp, line, string.sub(stored, #stamp + #last + 3)))
end
return {'ok', now}
