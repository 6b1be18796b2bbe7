namespace GokaAkka.RealKafka.Rebalances;

/// <summary>
/// What all members of a group do, in the order in which it happens: who has which partition, and which number of a key comes after which. It notes
/// what must not be.
/// </summary>
sealed class Witness(int partitions)
{
    readonly Lock _gate = new();
    readonly string?[] _owners = new string?[partitions];
    readonly bool[] _isGiven = new bool[partitions];
    readonly long[] _counted = new long[partitions];
    readonly Dictionary<string, long> _last = [];
    readonly List<string> _wrong = [];

    /// <summary>What must not be and was, most of it.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_gate)
                return [.. _wrong];
        }
    }

    /// <summary>Messages counted, by partition.</summary>
    public long[] Counted
    {
        get
        {
            lock (_gate)
                return [.. _counted];
        }
    }

    /// <summary>The last number of each key.</summary>
    public Dictionary<string, long> Last
    {
        get
        {
            lock (_gate)
                return new(_last);
        }
    }

    /// <summary>The members that have partitions, and how many.</summary>
    public Dictionary<string, int> Owners
    {
        get
        {
            lock (_gate)
                return _owners.Where((o, p) => o is not null && _isGiven[p]).GroupBy(o => o!).ToDictionary(o => o.Key, o => o.Count());
        }
    }

    public void Rebalanced(string member, Rebalance change)
    {
        lock (_gate)
        {
            foreach (var partition in change.Partitions)
            {
                if (change.Kind == RebalanceKind.Assigned)
                {
                    Expect(!_isGiven[partition], $"{member} was given {partition} while {_owners[partition]} had it");
                    (_owners[partition], _isGiven[partition]) = (member, true);
                }
                else
                {
                    Expect(change.Kind == RebalanceKind.Revoked && _owners[partition] == member, $"{member} {change.Kind} {partition}, which is {_owners[partition]}'s");
                    _isGiven[partition] = false;
                }
            }
        }
    }

    /// <summary>A member counts a message. Until the partition is another's it may finish what it has begun.</summary>
    public void Counts(string member, int partition, string key, long number)
    {
        lock (_gate)
        {
            Expect(_owners[partition] == member, $"{member} counted {key}#{number} of {partition}, which is {_owners[partition]}'s");
            var last = _last.GetValueOrDefault(key);
            Expect(number == last + 1, $"{member} counted {key}#{number} after {key}#{last}");
            _last[key] = number;
            _counted[partition]++;
        }
    }

    void Expect(bool holds, string otherwise)
    {
        if (!holds && _wrong.Count < 20)
            _wrong.Add(otherwise);
    }
}
