namespace GokaAkka.Tests.GokaMap;

/// <summary>Holds docs/goka.md: every row that says that something is here leads to a test that is there, and every link leads somewhere.</summary>
public sealed partial class MapLinksTests
{
    const string TestColumn = "test";

    static readonly string Docs = Path.Combine(Repository.Root, "docs");
    static readonly string[] Lines = File.ReadAllLines(Path.Combine(Docs, "goka.md"));

    [Fact]
    public void Every_row_has_as_many_cells_as_its_table_has_columns() => Rows()
        .Where(r => r.Cells.Length != r.Columns.Length)
        .Select(r => $"{r.Cells.Length} cells, not {r.Columns.Length}: {r}")
        .ShouldBeEmpty();

    [Fact]
    public void Every_row_of_what_is_here_is_linked_to_a_test()
    {
        var rows = Rows().Where(r => r.Columns[^1] == TestColumn).ToList();

        rows.Count.ShouldBeGreaterThan(150, "the tables are found");
        rows.Where(r => Tests(r.Cells[^1]).Count == 0).Select(r => r.ToString()).ShouldBeEmpty();
        rows.Where(r => TestLink().Replace(r.Cells[^1], "").Trim(' ', ',').Length > 0).Select(r => r.ToString())
            .ShouldBeEmpty("the column has nothing but links");
    }

    [Fact]
    public void Every_native_setting_that_is_refused_is_in_the_table_of_guarantees()
    {
        var guarantees = File.ReadAllText(Path.Combine(Docs, "guarantees.md"));

        NativeSettingRules.Names.Where(name => !guarantees.Contains($"`{name}`")).ShouldBeEmpty();
    }

    [Fact]
    public void Only_what_is_not_here_has_no_tests() => Rows()
        .Where(r => r.Columns[^1] != TestColumn)
        .Select(r => r.Section)
        .Distinct()
        .ShouldBe(["## 3. What is not here"]);

    [Fact]
    public void Every_test_link_names_a_test_of_its_file_in_words() => Rows()
        .Where(r => r.Columns[^1] == TestColumn)
        .SelectMany(r => Tests(r.Cells[^1]))
        .Distinct()
        .Where(link => !IsTest(link.Text, Path.GetFullPath(Path.Combine(Docs, link.Path))))
        .Select(link => $"{link.Text} ({link.Path})")
        .ShouldBeEmpty();

    [Fact]
    public void Every_link_leads_to_a_file_folder_or_heading_that_is_there() => Lines
        .SelectMany(line => AnyLink().Matches(line).Select(m => m.Groups[1].Value))
        .Where(target => !target.StartsWith("https://", StringComparison.Ordinal) && !IsThere(target))
        .ShouldBeEmpty();

    /// <summary>Text of several words is the name of a test, a single word that of a file that runs the stores' suite.</summary>
    static bool IsTest(string text, string path)
    {
        if (!File.Exists(path))
            return false;
        return text.Contains(' ')
            ? TestMethod().Matches(File.ReadAllText(path)).Any(m => m.Groups[1].Value == text.Replace(' ', '_'))
            : Path.GetFileNameWithoutExtension(path) == text && Suite().IsMatch(File.ReadAllText(path));
    }

    static bool IsThere(string target)
    {
        if (!target.StartsWith('#'))
            return Path.GetFullPath(Path.Combine(Docs, target)) is var path && (File.Exists(path) || Directory.Exists(path));
        return Lines.Where(l => l.StartsWith('#')).Any(h => "#" + NoAnchor().Replace(h.TrimStart('#', ' ').ToLowerInvariant(), "").Replace(' ', '-') == target);
    }

    static List<Row> Rows()
    {
        var rows = new List<Row>();
        var section = "";
        string[]? columns = null;
        foreach (var line in Lines)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line;
            if (!line.StartsWith('|'))
                columns = null;
            else if (columns is null)
                columns = Cells(line);
            else if (!line.StartsWith("|---", StringComparison.Ordinal))
                rows.Add(new Row(section, columns, Cells(line)));
        }

        return rows;
    }

    static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(c => c.Trim())];

    static List<(string Text, string Path)> Tests(string cell) => [.. TestLink().Matches(cell).Select(m => (m.Groups[1].Value, m.Groups[2].Value))];

    [GeneratedRegex(@"\[([^\[\]]+)\]\(([^)]+\.cs)\)")]
    private static partial Regex TestLink();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex AnyLink();

    // What runs as a test: an attribute of that kind, others perhaps, then the method.
    [GeneratedRegex(@"\[\w*(?:Fact|Theory)\b[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public [\w<>]+(?: [\w<>]+)* (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"class \w+(?:\([^)]*\))? : \w+Conformance<")]
    private static partial Regex Suite();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    sealed record Row(string Section, string[] Columns, string[] Cells)
    {
        public override string ToString() => $"{Section}: {Cells[0]}";
    }
}
