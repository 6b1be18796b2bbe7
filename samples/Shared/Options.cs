using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace GokaAkka.Samples;

/// <summary>Makes options that say what they expect when they get something else.</summary>
static class Options
{
    /// <summary>An option that takes a number within a range.</summary>
    public static Option<T> Number<T>(string name, string unit, T least, T most, string description) where T : struct, INumber<T> => new(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes a number from {least} to {most}, found '{text}'."));
            return default;
        },
    };

    /// <summary>As <see cref="Number{T}(string, string, T, T, string)"/>, with a value for when it is left out.</summary>
    public static Option<T> Number<T>(string name, string unit, T least, T most, T otherwise, string description) where T : struct, INumber<T>
    {
        var option = Number(name, unit, least, most, description);
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    /// <summary>An option that takes one of an enumeration's names, in small letters.</summary>
    public static Option<T> Choice<T>(string name, string description) where T : struct, Enum
    {
        var choices = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToArray();
        return new Option<T>(name)
        {
            HelpName = string.Join('|', choices),
            Description = description,
            DefaultValueFactory = _ => default,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (choices.Contains(text))
                    return Enum.Parse<T>(text, ignoreCase: true);
                result.AddError($"{name} takes one of {string.Join(", ", choices)}, found '{text}'.");
                return default;
            },
        };
    }
}
