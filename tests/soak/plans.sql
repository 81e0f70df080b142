-- A house of the size that test_plans names. What the queries do not look at is as short as it may be.
SET synchronous_commit = off;
SET session_replication_role = replica;  -- no foreign key is looked after while rows are made

INSERT INTO sources (id, address, listed, origin, every, state, next_at, failures, platform, workspace)
SELECT n, 'https://s.example/' || n, true, 'command', 3600000000, 'ok', {at} + (n % 3600 - 60) * 1000000::bigint, 0, '', ''
FROM generate_series(1, {sources}) n;

INSERT INTO articles (id, key, source_id, state, complete, attempts, said, first_seen, aged_from, baseline, story, score,
                      title, url, category, takeaways, text, blocks)
SELECT n, 'k' || n, 1 + n % {sources}, CASE WHEN n % 1000 = 0 THEN 'new' ELSE 'read' END, true, 0, 'x',
       {at} - n * 10000000::bigint, {at} - n * 10000000::bigint, n % 2 = 0, n, 0.5 + (n * 7919::bigint % 1000) / 2000.0,
       'Title ' || n, 'https://a.example/' || n, 'category ' || n % 20, '[]', 'body', '[]'
FROM generate_series(1, {articles}) n;

INSERT INTO sightings SELECT n, 1 + n % {sources}, 'x' FROM generate_series(1, {articles}) n;
INSERT INTO article_bands SELECT n * 7919::bigint % 1000003, n FROM generate_series(1, {articles}) n;
INSERT INTO article_words SELECT n, to_tsvector('simple', 'word' || n % 5000) FROM generate_series(1, {articles}) n;

INSERT INTO channels (id, name, platform, place, workspace, origin, stopped, lost, settings)
SELECT n, 'c' || n, 'web', 'p' || n, 'w' || n % 500, 'file', false, false, '{{}}' FROM generate_series(1, {channels}) n;
INSERT INTO schedules SELECT n, '0 9 * * *', 'UTC', {at} + n * 1000000::bigint, 'k' FROM generate_series(1, {channels}) n;

-- one digest in a thousand is on its way, the others are posted
INSERT INTO digests (id, channel_id, key, at, state, considered)
SELECT n, 1 + n % {channels}, 'd' || n, {at} - n, CASE WHEN n % 1000 = 0 THEN 'composed' ELSE 'posted' END, 1
FROM generate_series(1, {digests}) n;
INSERT INTO digest_items
SELECT 1 + n % {digests}, n, 1 + (1 + n % {digests}) % {channels}, 1, 1, NULL, '[]', '[]', '[]'
FROM generate_series(1, {articles}) n;
INSERT INTO outbox (id, key, digest_id, part, kind, state, article_id, attempts, unsure, platform, workspace, place, message)
SELECT n, 'o' || n, 1 + n % {digests}, n / {digests}, 'message',
       CASE WHEN (1 + n % {digests}) % 1000 = 0 THEN 'pending' ELSE 'posted' END, n, 0, false,
       'web', 'w' || n % 500, 'p' || n % {channels}, 'm' || n
FROM generate_series(1, {articles}) n;

INSERT INTO voters (id, hash) SELECT n, 'v' || n FROM generate_series(1, {voters}) n;
-- an article's votes come from the workspace that had it
INSERT INTO votes
SELECT 'w' || n / 10 % 500, 1 + n % {voters}, 1 + n / 10, 'b' || n % 10, '👍', 1, 'web', {at} - n
FROM generate_series(1, {votes}) n;
ANALYZE;
