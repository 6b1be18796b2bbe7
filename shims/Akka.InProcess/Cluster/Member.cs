using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

public enum MemberStatus
{
    Joining = 0,
    Up = 1,
    Leaving = 2,
    Exiting = 3,
    Down = 4,
    Removed = 5,
    WeaklyUp = 6,
}

/// <summary>A node of a cluster and its state; equal to every other state of the same node.</summary>
public class Member : IComparable<Member>, IComparable
{
    /// <summary>Oldest first.</summary>
    public static readonly IComparer<Member> AgeOrdering =
        Comparer<Member>.Create((a, b) => a.Equals(b) ? 0 : a.IsOlderThan(b) ? -1 : 1);

    /// <summary>By host and port.</summary>
    public static readonly IComparer<Address> AddressOrdering = Comparer<Address>.Create(CompareAddresses);

    // Not Up yet: younger than all that are.
    internal const int NotUpYet = int.MaxValue;

    internal static readonly IComparer<Member> Ordering = Comparer<Member>.Create((a, b) => a.CompareTo(b));

    readonly int _upNumber;

    internal Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles)
    {
        UniqueAddress = uniqueAddress;
        _upNumber = upNumber;
        Status = status;
        Roles = roles;
    }

    public UniqueAddress UniqueAddress { get; }

    public Address Address => UniqueAddress.Address;

    public MemberStatus Status { get; }

    public ImmutableHashSet<string> Roles { get; }

    public bool HasRole(string role) => Roles.Contains(role);

    public bool IsOlderThan(Member other) => _upNumber == other._upNumber
        ? AddressOrdering.Compare(Address, other.Address) < 0
        : _upNumber < other._upNumber;

    public Member Copy(MemberStatus status) => status == Status ? this : new Member(UniqueAddress, _upNumber, status, Roles);

    public Member CopyUp(int upNumber) => new(UniqueAddress, upNumber, MemberStatus.Up, Roles);

    public override bool Equals(object obj) => obj is Member other && UniqueAddress.Equals(other.UniqueAddress);

    public override int GetHashCode() => UniqueAddress.GetHashCode();

    public int CompareTo(Member other)
    {
        var order = AddressOrdering.Compare(Address, other.Address);
        return order != 0 ? order : UniqueAddress.Uid.CompareTo(other.UniqueAddress.Uid);
    }

    int IComparable.CompareTo(object obj) => obj is Member other
        ? CompareTo(other)
        : throw new ArgumentException($"Cannot compare {nameof(Member)} with instance of type '{obj?.GetType().FullName ?? "null"}'.");

    public override string ToString() =>
        $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, role=[{string.Join(",", Roles)}], upNumber={_upNumber})";

    static int CompareAddresses(Address x, Address y)
    {
        var order = string.CompareOrdinal(x.Host ?? "", y.Host ?? "");
        return order != 0 ? order : (x.Port ?? 0).CompareTo(y.Port ?? 0);
    }
}
