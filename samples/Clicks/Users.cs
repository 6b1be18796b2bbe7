namespace GokaAkka.Samples.Clicks;

/// <summary>Who clicks.</summary>
static class Users
{
    static readonly string[] Names =
    [
        "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim", "leo", "mallory", "nina", "oscar", "peggy",
        "quinn", "rupert", "sybil", "trent", "uma", "victor", "walter", "xenia", "yuri", "zoe",
    ];

    /// <summary>A different name for every number.</summary>
    public static string Name(int number) =>
        number < Names.Length ? Names[number] : $"{Names[number % Names.Length]}-{(number / Names.Length) + 1}";
}
