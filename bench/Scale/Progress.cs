using System.Diagnostics;
using System.Globalization;

namespace FedOperator.Bench.Scale;

/// <summary>What a long run says of itself, with the time since its start.</summary>
internal static class Progress
{
    private static readonly Stopwatch s_clock = Stopwatch.StartNew();

    /// <summary>A line.</summary>
    public static void Say(string text) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{s_clock.Elapsed.TotalSeconds,6:0.0} s  {text}"));
}
