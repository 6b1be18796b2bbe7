namespace GokaAkka.Web.Monitoring;

/// <summary>How the monitor looks.</summary>
/// <param name="Interval">How often, while somebody watches.</param>
/// <param name="IdleInterval">How often while nobody does.</param>
/// <param name="History">For how long what was seen is kept.</param>
sealed record MonitorSettings(TimeSpan Interval, TimeSpan IdleInterval, TimeSpan History);
