namespace GokaAkka.Testing;

/// <summary>A membership as it was when it was taken: commits under it are refused once the group has moved on.</summary>
internal sealed record GroupMembership(string Group, string MemberId, int Generation) : IGroupMembership;
