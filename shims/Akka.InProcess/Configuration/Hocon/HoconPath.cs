namespace Akka.Configuration.Hocon;

/// <summary>Splits <c>a."b.c".d</c> into its keys.</summary>
static class HoconPath
{
    public static List<string> Split(string path)
    {
        var keys = new List<string>();
        var at = 0;
        while (at < path.Length)
        {
            if (path[at] == '"')
            {
                var end = path.IndexOf('"', at + 1);
                if (end < 0)
                    throw new ArgumentException($"The configuration path '{path}' has an opening quote and no closing one.", nameof(path));
                keys.Add(path[(at + 1)..end]);
                at = end + 2;
                continue;
            }
            var dot = path.IndexOf('.', at);
            if (dot < 0)
            {
                keys.Add(path[at..]);
                break;
            }
            keys.Add(path[at..dot]);
            at = dot + 1;
        }
        return keys;
    }
}
