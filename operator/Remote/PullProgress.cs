using System.Globalization;

namespace FedOperator.Operator.Remote;

/// <summary>Says what is being fetched: one line each, and on a terminal how far it is.</summary>
/// <param name="output">Where to.</param>
/// <param name="isTerminal">Whether a line can be written over.</param>
internal sealed class PullProgress(TextWriter output, bool isTerminal)
{
    private int _percent = -1;

    /// <summary>A part of something is there.</summary>
    public void Part(string what, long done, long all)
    {
        var percent = all == 0 ? 100 : (int)(100 * done / all);
        if (!isTerminal || percent == _percent)
            return;
        _percent = percent;
        output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{what,-12} {percent,3} %\u001b[K"));
    }

    /// <summary>All of it is there.</summary>
    public void Done(string what, string words)
    {
        _percent = -1;
        output.WriteLine($"{(isTerminal ? "\r\u001b[K" : "")}{what,-12} {words}");
    }

    /// <summary>`1.4 MB`.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };
}
