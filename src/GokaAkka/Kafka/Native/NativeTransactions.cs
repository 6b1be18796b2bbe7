using System.Runtime.InteropServices;
using Confluent.Kafka;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// The transactions of a native producer. Calls wait for the brokers on the caller's thread, and keep the client alive meanwhile. librdkafka
/// itself refuses what is out of turn.
/// </summary>
sealed unsafe class NativeTransactions(nint client)
{
    readonly CallGate _gate = new();

    public void Init(TimeSpan timeout) => Call("Initializing transactions", () => TransactionApi.Init(client, Milliseconds(timeout)));

    public void Begin() => Call("Beginning a transaction", () => TransactionApi.Begin(client));

    public void SendOffsets(IReadOnlyCollection<TopicPartitionOffset> offsets, ConfluentMembership membership, TimeSpan timeout)
    {
        const string What = "Adding offsets to the transaction";
        Call(What, () =>
        {
            fixed (byte* bytes = membership.Bytes)
            {
                var error = TransactionApi.ReadMembership(out var theirs, bytes, (nuint)membership.Bytes.Length);
                if (error != 0)
                    return error;
                using var list = new NativePartitions(client, offsets);
                try
                {
                    return TransactionApi.SendOffsets(client, list.List, theirs, Milliseconds(timeout));
                }
                finally
                {
                    TransactionApi.DestroyMembership(theirs);
                }
            }
        });
    }

    public void Commit(TimeSpan timeout) => Call("Committing the transaction", () => TransactionApi.Commit(client, Milliseconds(timeout)));

    public void Abort(TimeSpan timeout) => Call("Aborting the transaction", () => TransactionApi.Abort(client, Milliseconds(timeout)));

    /// <summary>Lets no more calls in and waits for those under way.</summary>
    public void Close() => _gate.Close();

    void Call(string what, Func<nint> call)
    {
        _gate.Enter(this);
        try
        {
            var error = call();
            if (error != 0)
                throw new KafkaFaultException(what + " failed", Take(error));
        }
        finally
        {
            _gate.Leave();
        }
    }

    static KafkaFault Take(nint error)
    {
        var isFatal = TransactionApi.IsFatal(error) != 0;
        var fault = Faults.From(new Error((ErrorCode)NativeApi.CodeOf(error), Marshal.PtrToStringUTF8(NativeApi.ErrorString(error)) ?? "", isFatal));
        if (!isFatal && TransactionApi.RequiresAbort(error) != 0)
            fault = fault with { Kind = FaultKind.AbortsTransaction };
        else if (!isFatal && TransactionApi.IsRetriable(error) != 0)
            fault = fault with { Kind = FaultKind.Retriable };
        NativeApi.DestroyError(error);
        return fault;
    }

    static int Milliseconds(TimeSpan timeout) => (int)Math.Min(int.MaxValue, timeout.TotalMilliseconds);
}
