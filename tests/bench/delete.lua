-- wrk: a DELETE per request, each for another key hash.
local n = 0
request = function()
    n = n + 1
    return wrk.format("DELETE", string.format("/api/v1/keys/%064x", n))
end
