namespace Akka.Configuration;

public static class ConfigExtensions
{
    public static Config SafeWithFallback(this Config config, Config fallback)
    {
        if (config == null)
            return fallback;
        return ReferenceEquals(config, fallback) ? config : config.WithFallback(fallback);
    }

    public static bool IsNullOrEmpty(this Config config) => config == null || config.IsEmpty;
}
