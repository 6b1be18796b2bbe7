using LiteDB.Engine;

namespace GokaAkka.Storage.LiteDb;

/// <summary>An open file: its engine, its identity and the collection its entries are in.</summary>
sealed class Database : IDisposable
{
    const string EntriesPrefix = "entries_";

    readonly EngineFile _file;
    readonly LiteEngine _engine;
    readonly StorePlace _place;
    readonly Identity _identity;

    public Database(StorePlace place, LiteDbStorageOptions options, bool isFirst)
    {
        _place = place;
        place.FinishDiscard();
        _file = place.Call("be opened", () => new EngineFile(place));
        _engine = _file.Engine;
        try
        {
            _identity = new Identity(_engine, place);
            var state = place.Call("read its position", () => _identity.Read());
            State = state ?? new Identity.State(StorePosition.None, 0, 0, IsClosed: true);
            Entries = EntriesOf(State.Generation);
            if (state is not null && !place.Call("be opened", () => _engine.GetCollectionNames().Contains(Entries.Name)))
                throw place.Corrupt("the collection of its entries is gone");
            if (options.Verify == StoreVerification.Always || (options.Verify == StoreVerification.AfterCrash && !State.IsClosed))
                place.Call("be checked", () => Verified(Entries, State.Documents));
            place.Call("be opened", () => Begin(isFirst));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public Identity.State State { get; private set; }

    public Entries Entries { get; private set; }

    /// <summary>Applies a batch as one transaction of the calling thread.</summary>
    public void Apply(WriteBatch writes, StorePosition position) => InTransaction(
        () => State with { Position = position, Documents = State.Documents + Entries.Write(writes) });

    /// <summary>Begins an empty collection in the place of the one there is, which it returns.</summary>
    public Entries SetAside()
    {
        var cleared = Entries;
        var empty = EntriesOf(State.Generation + 1);
        InTransaction(() =>
        {
            empty.Make();
            return new Identity.State(StorePosition.None, State.Generation + 1, 0, IsClosed: false);
        });
        Entries = empty;
        _engine.Checkpoint();
        return cleared;
    }

    public bool Discard(string cleared) => _engine.DropCollection(cleared);

    /// <summary>Entries in a collection of that name, which may have been cleared.</summary>
    public Entries EntriesIn(string collection) => new(_engine, _place, collection);

    public void MarkClosed() => _place.Call("be closed", () =>
    {
        _identity.Write(State with { IsClosed = true });
        return true;
    });

    public void Dispose() => _file.Dispose();

    static bool Verified(Entries entries, long documents)
    {
        entries.Verify(documents);
        return true;
    }

    // What a crash left of cleared collections goes, and from here on the store counts as one that was not closed.
    bool Begin(bool isFirst)
    {
        if (isFirst)
        {
            foreach (var name in _engine.GetCollectionNames().Where(IsCleared).ToArray())
                _ = _engine.DropCollection(name);
        }

        if (State.IsClosed)
        {
            InTransaction(() =>
            {
                Entries.Make();
                return State with { IsClosed = false };
            });
        }

        return true;
    }

    bool IsCleared(string collection) => collection.StartsWith(EntriesPrefix, StringComparison.Ordinal) && collection != Entries.Name;

    Entries EntriesOf(long generation) => EntriesIn($"{EntriesPrefix}{generation}");

    void InTransaction(Func<Identity.State> write)
    {
        Identity.State state;
        _engine.BeginTrans();
        try
        {
            state = write();
            _identity.Write(state);
            _engine.Commit();
        }
        catch (Exception e) when (e is not IOException)
        {
            // LiteDB has undone it already where one of its own calls failed; after an error of the disk it has closed itself.
            _engine.Rollback();
            throw;
        }

        State = state;
    }
}
