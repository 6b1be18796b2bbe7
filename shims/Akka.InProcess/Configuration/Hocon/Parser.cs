namespace Akka.Configuration.Hocon;

/// <summary>
/// Reads the HOCON dialect of Akka.NET 1.5.30, its leniency included: a text that is accepted there is accepted here
/// and means the same. What that dialect lacks is listed in the project's README.
/// </summary>
public class Parser
{
    readonly HoconReader _reader;
    readonly Func<string, HoconRoot> _includeCallback;
    readonly List<HoconSubstitution> _substitutions = [];

    Parser(string text, Func<string, HoconRoot> includeCallback)
    {
        _reader = new HoconReader(text);
        _includeCallback = includeCallback;
    }

    public static HoconRoot Parse(string text, Func<string, HoconRoot> includeCallback) => new Parser(text, includeCallback).ParseDocument();

    HoconRoot ParseDocument()
    {
        var root = new HoconValue();
        ParseObject(root, braced: true, path: "");
        var document = new Config(new HoconRoot(root));
        foreach (var substitution in _substitutions)
        {
            substitution.ResolvedValue = document.GetValue(substitution.Path)
                ?? throw new FormatException($"Unresolved substitution: {substitution.Path}");
        }
        SubstitutionCycles.ThrowIfAny(_substitutions);
        return new HoconRoot(root, _substitutions);
    }

    /// <summary>Reads the items of an object up to its closing brace, or the one key after a dot.</summary>
    void ParseObject(HoconValue owner, bool braced, string path)
    {
        if (!owner.IsObject())
            owner.NewValue(new HoconObject());
        var items = owner.GetObject();
        for (_reader.SkipBlanksAndComments(); !_reader.AtEnd; _reader.SkipBlanksAndComments())
        {
            if (_reader.Sees("}"))
            {
                _reader.Skip(1);
                return;
            }
            if (_reader.SeesInclude)
            {
                Include(items, path);
            }
            else if (_reader.Sees("\"") || _reader.SeesKey)
            {
                var key = _reader.Sees("\"") ? _reader.TakeQuoted() : _reader.TakeKey();
                ParseKeyContent(items.GetOrCreateKey(key), path == "" ? key : path + "." + key);
                if (!braced)
                    return;
            }
            else
            {
                SkipPunctuation();
            }
        }
    }

    void ParseKeyContent(HoconValue value, string path)
    {
        for (_reader.SkipBlanksAndComments(); !_reader.AtEnd; _reader.SkipBlanksAndComments())
        {
            if (_reader.Sees("."))
            {
                _reader.Skip(1);
                ParseObject(value, braced: false, path);
                return;
            }
            if (_reader.Sees("{"))
            {
                _reader.Skip(1);
                ParseObject(value, braced: true, path);
                return;
            }
            if (_reader.SeesAny('=', ':'))
            {
                _reader.Skip(1);
                // An object stays and is merged with the one that follows; anything else is replaced.
                if (!value.IsObject())
                    value.Clear();
                ParseValue(value, path);
                return;
            }
            if (_reader.Sees("\""))
                _reader.TakeQuoted();
            else if (_reader.SeesKey)
                _reader.TakeKey();
            else
                SkipPunctuation();
        }
    }

    void ParseValue(HoconValue owner, string path)
    {
        if (_reader.AtEnd)
            throw new Exception($"End of file reached while trying to read the value of '{path}'");
        _reader.SkipBlanksAndComments();
        while (ParseElement(owner, path))
        {
            // Blanks between the parts of a concatenation belong to it; GetString trims those at its end.
            if (_reader.SeesBlank)
                owner.AppendValue(new HoconLiteral { Value = _reader.TakeBlanks() });
        }
        if (_reader.Sees(","))
            _reader.Skip(1);
    }

    bool ParseElement(HoconValue owner, string path)
    {
        if (_reader.Sees("{"))
        {
            _reader.Skip(1);
            ParseObject(owner, braced: true, path);
        }
        else if (_reader.Sees("["))
        {
            _reader.Skip(1);
            owner.AppendValue(ParseArray(path));
        }
        else if (_reader.Sees("${"))
        {
            owner.AppendValue(ParseSubstitution());
        }
        else if (_reader.Sees("\"\"\""))
        {
            AppendLiteral(owner, _reader.TakeTripleQuoted());
        }
        else if (_reader.Sees("\""))
        {
            AppendLiteral(owner, _reader.TakeQuoted());
        }
        else if (_reader.SeesText)
        {
            AppendLiteral(owner, _reader.TakeText());
            if (_reader.SeesAny('=', ':'))
                throw new ConfigurationException(
                    $"The unquoted value of '{path}' contains '=' or ':' ({_reader.Position()}). " +
                    "Enclose an object in curly brackets, and an address or other text in double quotes.");
        }
        else
        {
            return false;
        }
        return true;
    }

    HoconArray ParseArray(string path)
    {
        var array = new HoconArray();
        for (_reader.SkipBlanksAndComments(); !_reader.AtEnd && !_reader.Sees("]"); _reader.SkipBlanksAndComments())
        {
            var element = new HoconValue();
            ParseValue(element, path);
            if (element.Values.Count == 0)
                throw new FormatException($"Expected a value or ']' in the array '{path}', {_reader.Position()}");
            array.Add(element);
        }
        _reader.Skip(1);
        return array;
    }

    HoconSubstitution ParseSubstitution()
    {
        _reader.Skip(2);
        var path = _reader.TakeText();
        if (path.Length == 0)
            throw new FormatException(
                $"Akka.NET 1.5.30 knows no optional substitutions (${{?path}}) and does not read environment variables, {_reader.Position()}");
        _reader.Skip(1);
        var substitution = new HoconSubstitution(path);
        _substitutions.Add(substitution);
        return substitution;
    }

    void Include(HoconObject target, string path)
    {
        var name = _reader.TakeInclude();
        if (_includeCallback == null)
            throw new ConfigurationException($"The text includes \"{name}\", but ParseString was given no include callback.");
        var included = _includeCallback(name);
        foreach (var substitution in included.Substitutions)
        {
            // They are resolved again, against the including document: at its root this prefix finds nothing, in Akka.NET too.
            substitution.Path = path + "." + substitution.Path;
            _substitutions.Add(substitution);
        }
        target.Merge(included.Value.GetObject());
    }

    // Marks without a meaning where they stand are passed over, in Akka.NET too.
    void SkipPunctuation()
    {
        if (!(_reader.SeesAny('=', ':') || _reader.SeesAny('[', ']') || _reader.SeesAny('.', '{') || _reader.Sees("}")))
            throw new FormatException($"Unknown token, {_reader.Position()}");
        _reader.Skip(1);
    }

    static void AppendLiteral(HoconValue owner, string value)
    {
        if (owner.IsObject())
            owner.Clear();
        owner.AppendValue(new HoconLiteral { Value = value });
    }
}
