namespace GokaAkka.Storage.Tests;

/// <summary>Random writes, reads, ranges and reopenings, each compared with an ordered dictionary.</summary>
public abstract class ModelConformance<TFixture>(ITestOutputHelper output) : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    const string SeedVariable = "GOKA_STORAGE_SEED";

    [StoreFact]
    public void Store_must_do_as_an_ordered_dictionary_does()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"{SeedVariable}={seed}");
        var step = 0;
        try
        {
            var run = new Run(new Random(seed), this);
            for (; step < 400; step++)
                run.Step(step + 1);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Failed at step {step}; repeat it with {SeedVariable}={seed}.", e);
        }
    }

    sealed class Run(Random random, ModelConformance<TFixture> suite)
    {
        IStorage _store = suite.Open();
        SortedDictionary<Key, byte[]> _model = [];

        public void Step(int offset)
        {
            switch (random.Next(20))
            {
                case 0:
                    Reopen();
                    break;
                case 1 when random.Next(4) == 0:
                    _store.Clear();
                    _model = [];
                    break;
                case < 8:
                    Apply(offset);
                    break;
                case < 12:
                    CompareRange(_store, _model);
                    break;
                case < 14:
                    CompareSnapshot(offset);
                    break;
                default:
                    CompareKey();
                    break;
            }
        }

        void Apply(int offset)
        {
            using var batch = new WriteBatch();
            // Mostly small, sometimes large enough for a tree to grow by a level.
            for (var i = random.Next(20) == 0 ? random.Next(3000) : random.Next(60); i > 0; i--)
            {
                var key = AnyKey();
                if (random.Next(3) == 0)
                {
                    batch.Delete(key.Span);
                    _model.Remove(key);
                }
                else
                {
                    var value = new byte[random.Next(8) == 0 ? random.Next(3000) : random.Next(30)];
                    random.NextBytes(value);
                    batch.Put(key.Span, value);
                    _model[key] = value;
                }
            }

            if (random.Next(30) == 0)
                DeleteMost(batch);
            var position = new StorePosition(offset, (ulong)random.NextInt64(), random.NextInt64());
            _store.Apply(batch, position);
            _store.Position.ShouldBe(position);
        }

        void DeleteMost(WriteBatch batch)
        {
            foreach (var key in _model.Keys.Where(_ => random.Next(20) != 0).ToArray())
            {
                batch.Delete(key.Span);
                _model.Remove(key);
            }
        }

        void Reopen()
        {
            if (!suite.Provider.IsDurable)
                return;
            var position = _store.Position;
            _store.Dispose();
            _store = suite.Open();
            _store.Position.ShouldBe(position);
        }

        void CompareKey()
        {
            var key = AnyKey();
            _store.Get(key.Span).ShouldBe(_model.GetValueOrDefault(key));
            _store.Has(key.Span).ShouldBe(_model.ContainsKey(key));
        }

        void CompareSnapshot(int offset)
        {
            var model = new SortedDictionary<Key, byte[]>(_model);
            var range = AnyRange();
            using var iterator = _store.Iterate(range);
            Apply(offset);
            Compare(iterator, model, range);
        }

        void CompareRange(IStorage store, SortedDictionary<Key, byte[]> model)
        {
            var range = AnyRange();
            using var iterator = store.Iterate(range);
            Compare(iterator, model, range);
        }

        void Compare(IStorageIterator iterator, SortedDictionary<Key, byte[]> model, KeyRange range)
        {
            var from = new Key(range.Start);
            for (var walks = random.Next(1, 4); walks > 0; walks--)
            {
                var expected = model.Where(entry => entry.Key.CompareTo(from) >= 0 && range.Contains(entry.Key.Span)).ToArray();
                var steps = random.Next(3) == 0 ? random.Next(20) : int.MaxValue;
                foreach (var (key, value) in expected.Take(steps))
                {
                    iterator.Next().ShouldBeTrue();
                    Key.Copy(iterator.Key).ShouldBe(key);
                    iterator.Value.SequenceEqual(value).ShouldBeTrue();
                }

                if (steps > expected.Length)
                    iterator.Next().ShouldBeFalse();
                from = AnyKey();
                iterator.Seek(from.Span);
            }
        }

        KeyRange AnyRange() => random.Next(5) switch
        {
            0 => KeyRange.All,
            1 => KeyRange.From(AnyKey()),
            2 => KeyRange.Prefix(AnyKey()),
            _ => KeyRange.Between(AnyKey(), AnyKey()),
        };

        // Few letters, so that keys meet, and long common starts, so that comparing the first bytes is not enough.
        Key AnyKey()
        {
            ReadOnlySpan<byte> letters = [0, (byte)'a', (byte)'b', 0x7f, 0x80, 0xfe, 0xff];
            var start = random.Next(3) == 0 ? "a common start " : "";
            var key = new byte[start.Length + random.Next(5)];
            for (var i = 0; i < key.Length; i++)
                key[i] = i < start.Length ? (byte)start[i] : letters[random.Next(letters.Length)];
            return new Key(key);
        }
    }
}
