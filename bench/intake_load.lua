-- Sends the requests of a file, each once: eight digits of length, then the request. `wait` is in milliseconds.
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, parts; } instant; int clock_gettime(int, instant *);")
local requests, place, wait = {}, 0, 0
local threads = {}
-- Where every request is sent before the time is over, wrk itself goes on waiting: it ended then.
ended = 0

function setup(thread)
  threads[#threads + 1] = thread
end

local function now()
  local instant = ffi.new("instant")
  ffi.C.clock_gettime(1, instant)
  return tonumber(instant.seconds) + tonumber(instant.parts) / 1e9
end

function init(given)
  local file = assert(io.open(given[1], "rb"))
  wait = tonumber(given[2])
  while true do
    local length = file:read(8)
    if not length then break end
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
  began = now()
end

function request()
  place = place + 1
  if place >= #requests then
    ended = now()
    wrk.thread:stop()
  end
  return requests[math.min(place, #requests)]
end

function delay()
  return wait
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  local seconds = summary.duration / 1e6
  if threads[1]:get("ended") > 0 then seconds = threads[1]:get("ended") - threads[1]:get("began") end
  io.write(string.format(
    '{"answered":%d,"seconds":%.6f,"refused":%d,"failed":%d,"p50_ms":%.3f,"p99_ms":%.3f}\n',
    summary.requests, seconds, summary.errors.status, failed,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
