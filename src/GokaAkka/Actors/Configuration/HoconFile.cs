using Akka.Configuration;

namespace GokaAkka.Actors.Configuration;

/// <summary>HOCON that cannot be read is an error that says where it is.</summary>
static class HoconFile
{
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static Config Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), $"The HOCON file '{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"The HOCON file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="ConfigurationException">It is no HOCON.</exception>
    public static Config Parse(string hocon, string where)
    {
        try
        {
            return ConfigurationFactory.ParseString(hocon);
        }
        catch (Exception e)
        {
            throw new ConfigurationException($"{where} cannot be read: {e.Message}", e);
        }
    }
}
