using System.Text;
using LiteDB;
using LiteDB.Engine;

namespace GokaAkka.Storage.LiteDb;

/// <summary>
/// The document that says whose store the file is, how far it reaches, which collection its entries are in, and whether its last owner closed it.
/// </summary>
sealed class Identity(LiteEngine engine, StorePlace place)
{
    /// <summary>Raised when what is kept changes in a way that older code cannot read.</summary>
    const int Version = 2;

    const string Collection = "store";

    static readonly BsonValue TheOne = new(1);

    /// <summary>What it says; null for a file that is new.</summary>
    /// <exception cref="StorageCorruptException">It is damaged, or of another store.</exception>
    public State? Read()
    {
        if (!engine.GetCollectionNames().Any())
            return null;
        using var found = engine.Query(Collection, new Query());
        if (!found.Read())
            throw place.Corrupt("it has collections, but nothing says whose they are");
        return Decode(found.Current.AsDocument);
    }

    public void Write(State state) => _ = engine.Upsert(Collection, [Encode(state)], BsonAutoId.ObjectId);

    State Decode(BsonDocument document)
    {
        if (document["version"] != Version)
            throw place.Corrupt($"its format is version {document["version"]}, expected {Version}");
        var state = new State(
            new StorePosition(document["nextOffset"].AsInt64, unchecked((ulong)document["fingerprint"].AsInt64), document["timestamp"].AsInt64),
            document["generation"].AsInt64,
            document["documents"].AsInt64,
            document["closed"].AsBoolean);
        var found = new StorageId(document["owner"].AsString, document["topic"].AsString, document["partition"].AsInt32);
        if (document["sum"] != SumOf(found, state))
            throw place.Corrupt("the checksum of its position is wrong");
        return found == place.Id ? state : throw place.Corrupt($"the file is the store of {found}, expected {place.Id}");
    }

    BsonDocument Encode(State state) => new()
    {
        ["_id"] = TheOne,
        ["version"] = Version,
        ["owner"] = place.Id.Owner,
        ["topic"] = place.Id.Topic,
        ["partition"] = place.Id.Partition,
        ["nextOffset"] = state.Position.NextOffset,
        ["fingerprint"] = unchecked((long)state.Position.Fingerprint),
        ["timestamp"] = state.Position.Timestamp,
        ["generation"] = state.Generation,
        ["documents"] = state.Documents,
        ["closed"] = state.IsClosed,
        ["sum"] = SumOf(place.Id, state),
    };

    static int SumOf(StorageId id, State state) => EntryChecksum.Of(Encoding.UTF8.GetBytes(id.Owner), Encoding.UTF8.GetBytes(id.Topic),
    [
        id.Partition, state.Position.NextOffset, unchecked((long)state.Position.Fingerprint), state.Position.Timestamp, state.Generation,
        state.Documents, state.IsClosed ? 1 : 0,
    ]);

    /// <param name="Position">How far the contents reach.</param>
    /// <param name="Generation">Raised by each Clear: the entries are in the collection of this number.</param>
    /// <param name="Documents">How many documents that has.</param>
    /// <param name="IsClosed">Whether the last owner closed the store rather than crashed.</param>
    public sealed record State(StorePosition Position, long Generation, long Documents, bool IsClosed);
}
