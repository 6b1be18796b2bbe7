namespace GokaAkka.Tests.Tables;

/// <summary>A table under whatever can happen to it, in any order, held against a dictionary.</summary>
public sealed class TableModelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    [InlineData(1_000_000)]
    [InlineData(1 << 30)]
    public void A_table_is_a_dictionary_whatever_its_keys_and_values_and_whatever_happens_to_its_flushes(long cacheBytes)
    {
        var seed = Environment.TickCount;
        using var run = new ModelRun(cacheBytes, seed);
        for (var step = 0; step < 8000; step++)
            run.Step($"seed {seed}, step {step}");
        run.Compare($"seed {seed}, at the end");
    }

    sealed class ModelRun : IDisposable
    {
        readonly Random _random;
        readonly Key[] _keys;
        readonly SortedDictionary<Key, byte[]> _model = [];
        readonly Dictionary<Key, Headers?> _changed = [];
        readonly RefusingStorage _store = new();
        readonly PartitionTable<byte[]> _table;
        readonly UnsentKeys<byte[]> _unsent;
        TableFlush? _flush;
        int _flushes;

        public ModelRun(long cacheBytes, int seed)
        {
            _random = new Random(seed);
            _table = new PartitionTable<byte[]>(new StorageId("group", "group-table", 0), Codec.Bytes, _store, cacheBytes);
            _unsent = _table.TrackUnsent();
            // The empty one, a large one, and short ones among them.
            var lengths = Enumerable.Range(0, 300).Select(i => i == 0 ? 0 : i == 1 ? 50_000 : i < 20 ? i / 2 : _random.Next(60));
            byte[] edges = [0, 0xff, (byte)'k'];
            var close = edges.SelectMany(a => edges.Select(b => new Key(new[] { a, b })));
            _keys = [.. lengths.Select(length => new Key(Bytes(length))).Concat(close).Distinct()];
        }

        public void Step(string where)
        {
            var key = _keys[_random.Next(_keys.Length)];
            switch (_random.Next(100))
            {
                case < 35:
                    Set(key);
                    break;
                case < 45:
                    var headers = Headers.Of("h", "deleted");
                    _table.Delete(key.Span, headers);
                    _model.Remove(key);
                    _changed[key] = headers;
                    break;
                case < 50:
                    _flush ??= _table.BeginFlush();
                    break;
                case < 55:
                    EndFlush();
                    break;
                case < 58:
                    Send(where);
                    break;
                case 58 when _random.Next(10) == 0 && _flush is null:
                    Clear();
                    break;
                case 59:
                    Compare(where);
                    break;
                case 60:
                    CompareRange(where);
                    break;
                default:
                    var found = _random.Next(4) > 0 ? _table.TryGet(key.Span, out var value) ? value : null : _table.GetBytes(key.Span);
                    Same(found, _model.GetValueOrDefault(key), where);
                    break;
            }
        }

        /// <summary>Iterates over everything.</summary>
        public void Compare(string where)
        {
            using var iterator = _table.Iterate(KeyRange.All);
            foreach (var (key, value) in _model)
            {
                iterator.Next().ShouldBeTrue(where);
                iterator.Key.SequenceEqual(key.Span).ShouldBeTrue(where);
                Same(iterator.Value.ToArray(), value, where);
            }

            iterator.Next().ShouldBeFalse(where);
        }

        public void Dispose() => _table.Dispose();

        /// <summary>Iterates over a range, and again from a key on, while the table changes.</summary>
        void CompareRange(string where)
        {
            var (start, limit, seek) = (RandomKey(), RandomKey(), RandomKey());
            var range = _random.Next(3) switch { 0 => KeyRange.All, 1 => KeyRange.Between(start, limit), _ => KeyRange.Prefix(start) };
            var expected = _model.Where(m => range.Contains(m.Key.Span)).Select(m => (m.Key, KeyHash.Fingerprint(m.Key.Span, m.Value, false))).ToList();
            using var iterator = _table.Iterate(range);
            // A snapshot: what is written now does not show.
            Set(RandomKey());

            Rest(iterator).ShouldBe(expected, where);
            iterator.Next().ShouldBeFalse(where);
            iterator.Seek(seek.Span);
            Rest(iterator).ShouldBe(expected.Where(e => e.Key.CompareTo(seek) >= 0), $"{where}, seek {seek}");
        }

        static List<(Key Key, ulong Fingerprint)> Rest(IStorageIterator iterator)
        {
            var found = new List<(Key, ulong)>();
            while (iterator.Next())
                found.Add((Key.Copy(iterator.Key), KeyHash.Fingerprint(iterator.Key, iterator.Value, false)));
            return found;
        }

        // One that is in use, or one near it.
        Key RandomKey()
        {
            var key = _keys[_random.Next(_keys.Length)];
            return _random.Next(2) == 0 ? key : new Key(key.Span[..Math.Min(key.Length, _random.Next(3))].ToArray());
        }

        void Set(Key key)
        {
            // As often between 1 and 10 bytes as between 10,000 and 100,000.
            var value = Bytes(_random.Next(10) == 0 ? 0 : (int)Math.Pow(10, _random.NextDouble() * 5));
            var headers = _random.Next(2) == 0 ? null : Headers.Of("h", "set");
            _table.Set(key.Span, value, value, headers);
            _model[key] = value;
            _changed[key] = headers;
        }

        // A flush that was refused is written again later, as it is.
        void EndFlush()
        {
            if (_flush is null)
                return;
            _flush.Position = new StorePosition(++_flushes, 0, 0);
            if (_store.Refuses = _random.Next(3) == 0)
            {
                Should.Throw<StorageException>(() => _table.WriteFlush(_flush));
                return;
            }

            _table.WriteFlush(_flush);
            _table.EndFlush(_flush);
            _flush = null;
        }

        void Send(string where)
        {
            _unsent.Count.ShouldBe(_changed.Count, where);
            for (var i = 0; i < _unsent.Count; i++)
            {
                var unsent = _unsent.Take(i);
                var key = Key.Copy(unsent.Key);
                Same(unsent.IsDelete ? null : unsent.Value.ToArray(), _model.GetValueOrDefault(key), where);
                unsent.Headers.ShouldBeSameAs(_changed[key], where);
            }

            _unsent.Clear();
            _changed.Clear();
        }

        void Clear()
        {
            _table.Clear();
            _model.Clear();
            _changed.Clear();
            _table.CachedKeys.ShouldBe(0);
        }

        byte[] Bytes(int length)
        {
            var bytes = new byte[length];
            _random.NextBytes(bytes);
            return bytes;
        }

        static void Same(byte[]? found, byte[]? expected, string where) =>
            (found is null ? expected is null : expected is not null && found.AsSpan().SequenceEqual(expected))
                .ShouldBeTrue($"{where}: found {found?.Length ?? -1} bytes in place of {expected?.Length ?? -1}");
    }

    /// <summary>A store in memory that refuses writes when it is told to.</summary>
    sealed class RefusingStorage() : ForwardingStorage(new MemoryStorage())
    {
        public bool Refuses { get; set; }

        public override void Apply(WriteBatch writes, StorePosition position)
        {
            if (Refuses)
                throw new StorageException("Refused.");
            base.Apply(writes, position);
        }
    }
}
