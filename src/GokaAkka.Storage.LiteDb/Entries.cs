using LiteDB;
using LiteDB.Engine;

namespace GokaAkka.Storage.LiteDb;

/// <summary>A collection of entries: a document for each, found by its key.</summary>
/// <remarks>
/// LiteDB indexes no more than 1,023 bytes. Keys that long or nearly so share a document with all that begin with the same bytes, which
/// keeps the documents in the order of the keys: what begins with those bytes comes directly after what is shorter.
/// </remarks>
sealed class Entries(ILiteEngine engine, StorePlace place, string name) : IPageSource
{
    const string Id = "_id";
    const string Value = "v";
    const string Sum = "s";

    // A document of long keys has these, each with its key, value and checksum, in order.
    const string Shared = "m";
    const string Key = "k";

    const int LongKey = 1000;
    const int DocumentsAtOnce = 1000;

    public string Name => name;

    public byte[]? Get(byte[] key)
    {
        var document = Find(IdOf(key));
        if (document is null)
            return null;
        foreach (var entry in In(document))
        {
            if (entry.Key.AsSpan().SequenceEqual(key))
                return entry.Value;
        }

        return null;
    }

    public List<StoredEntry> ReadPage(byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count)
    {
        var page = new List<StoredEntry>(Math.Min(count, 128));
        foreach (var entry in From(BsonExpression.Create($"{Id} >= @0", IdOf(from)), Query.Ascending))
        {
            var order = entry.Key.AsSpan().SequenceCompareTo(from);
            if (order < 0 || (order == 0 && isAfter))
                continue;
            if (page.Count == count || (limit is { } end && entry.Key.AsSpan().SequenceCompareTo(end.Span) >= 0))
                break;
            page.Add(entry);
        }

        return page;
    }

    /// <summary>Writes a batch, within the transaction of the calling thread.</summary>
    /// <returns>By how many documents there are more.</returns>
    public long Write(WriteBatch writes)
    {
        var more = 0L;
        var puts = new List<BsonDocument>(DocumentsAtOnce);
        var deletions = new List<BsonValue>();
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
        {
            if (sorted.Key.Length >= LongKey)
            {
                more += WriteLong(sorted.Key.ToArray(), sorted.IsDelete ? null : sorted.Value.ToArray());
                continue;
            }

            if (sorted.IsDelete)
                deletions.Add(new BsonValue(sorted.Key.ToArray()));
            else
                puts.Add(Document(sorted.Key.ToArray(), sorted.Value.ToArray()));
            if (puts.Count == DocumentsAtOnce)
                more += Put(puts);
        }

        more += Put(puts);
        return deletions.Count > 0 ? more - engine.Delete(name, deletions) : more;
    }

    /// <summary>Makes the collection, within the transaction of the calling thread: once its name is damaged, it is missed.</summary>
    public void Make() => _ = engine.Upsert(name, [], BsonAutoId.ObjectId);

    /// <summary>Reads everything in both directions, and looks every document up.</summary>
    /// <param name="count">How many documents there have to be: LiteDB passes over one whose place the index tells wrongly.</param>
    /// <exception cref="StorageCorruptException">Something is wrong; the message says what.</exception>
    public void Verify(long count)
    {
        var forwards = 0L;
        byte[]? last = null;
        for (BsonValue? after = null; After(after) is { Count: > 0 } documents; after = documents[^1][Id])
        {
            foreach (var document in documents)
            {
                foreach (var (key, _) in In(document))
                {
                    if (IdOf(key) != document[Id] || (last is not null && key.AsSpan().SequenceCompareTo(last) <= 0))
                        throw place.Corrupt($"its keys are out of order at {Convert.ToHexString(key)}");
                    last = key;
                }
            }

            forwards += documents.Count;
            // The index has keys of its own, which a scan does not look at.
            if (CountOf(documents.Select(static d => d[Id])) is var found && found != documents.Count)
                throw place.Corrupt($"its index leads to {found} of {documents.Count} documents");
        }

        var backwards = Count(Query.Descending);
        if (forwards != count || backwards != count)
            throw place.Corrupt($"it has {forwards} documents when read forwards and {backwards} when read backwards, expected {count}");
    }

    static BsonValue IdOf(byte[] key) => new(key.Length < LongKey ? key : key[..LongKey]);

    static BsonDocument Document(byte[] key, byte[] value) => new()
    {
        [Id] = new BsonValue(key),
        [Value] = new BsonValue(value),
        [Sum] = EntryChecksum.Of(key, value),
    };

    BsonDocument? Find(BsonValue id)
    {
        var query = new Query();
        query.Where.Add(BsonExpression.Create($"{Id} = @0", id));
        using var found = engine.Query(name, query);
        return found.Read() ? found.Current.AsDocument : null;
    }

    List<BsonDocument> After(BsonValue? id)
    {
        var query = new Query { Limit = DocumentsAtOnce };
        Order(query, id is null ? null : BsonExpression.Create($"{Id} > @0", id), Query.Ascending);
        using var found = engine.Query(name, query);
        var documents = new List<BsonDocument>();
        while (found.Read())
            documents.Add(found.Current.AsDocument);
        return documents;
    }

    int CountOf(IEnumerable<BsonValue> ids)
    {
        var query = new Query { Select = Id };
        query.Where.Add(BsonExpression.Create($"{Id} IN @0", new BsonArray(ids)));
        using var found = engine.Query(name, query);
        var count = 0;
        while (found.Read())
            count++;
        return count;
    }

    long Count(int order)
    {
        var query = new Query();
        Order(query, null, order);
        using var found = engine.Query(name, query);
        var count = 0L;
        while (found.Read())
            count++;
        return count;
    }

    IEnumerable<StoredEntry> From(BsonExpression where, int order)
    {
        var query = new Query();
        Order(query, where, order);
        using var found = engine.Query(name, query);
        while (found.Read())
        {
            foreach (var entry in In(found.Current.AsDocument))
                yield return entry;
        }
    }

    static void Order(Query query, BsonExpression? where, int order)
    {
        query.Order = order;
        if (where is not null)
            query.Where.Add(where);
        else
            query.OrderBy = BsonExpression.Create(Id);
    }

    StoredEntry[] In(BsonDocument document)
    {
        if (!document.ContainsKey(Shared))
            return [Entry(document[Id], document)];
        var shared = document[Shared].AsArray;
        var entries = new StoredEntry[shared.Count];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = Entry(shared[i][Key], shared[i].AsDocument);
        return entries;
    }

    StoredEntry Entry(BsonValue keyValue, BsonDocument document)
    {
        if (!keyValue.IsBinary || !document[Value].IsBinary)
            throw place.Corrupt($"found the document {document}, expected a key and a value in it");
        var key = keyValue.AsBinary;
        var value = document[Value].AsBinary;
        return document[Sum] == EntryChecksum.Of(key, value)
            ? new StoredEntry(key, value)
            : throw place.Corrupt($"the checksum of the entry with key {Convert.ToHexString(key)} (hexadecimal) is wrong");
    }

    long WriteLong(byte[] key, byte[]? value)
    {
        var id = IdOf(key);
        var entries = new SortedDictionary<byte[], byte[]>(ByBytes.Instance);
        if (Find(id) is { } before)
        {
            foreach (var entry in In(before))
                entries[entry.Key] = entry.Value!;
        }

        if (value is null)
            entries.Remove(key);
        else
            entries[key] = value;
        if (entries.Count == 0)
            return -engine.Delete(name, [id]);

        var shared = entries.Select(entry => new BsonDocument
        {
            [Key] = new BsonValue(entry.Key),
            [Value] = new BsonValue(entry.Value),
            [Sum] = EntryChecksum.Of(entry.Key, entry.Value),
        });
        return Put([new BsonDocument { [Id] = id, [Shared] = new BsonArray(shared) }]);
    }

    long Put(List<BsonDocument> documents)
    {
        var added = documents.Count > 0 ? engine.Upsert(name, documents, BsonAutoId.ObjectId) : 0;
        documents.Clear();
        return added;
    }

    sealed class ByBytes : IComparer<byte[]>
    {
        public static readonly ByBytes Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
