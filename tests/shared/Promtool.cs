using System.Diagnostics;

namespace FedOperator.Tests;

/// <summary>Debian's promtool, which knows how metrics are to be named and written.</summary>
internal static class Promtool
{
    private const string Program = "/usr/bin/promtool";

    /// <summary>Fails unless <c>promtool check metrics</c> finds nothing at all to say.</summary>
    public static async Task AssertCleanAsync(string exposition)
    {
        var (exitCode, output) = await CheckAsync(exposition);
        Assert.True(exitCode == 0 && output.Length == 0, $"promtool check metrics: exit code {exitCode}\n{output}\n{exposition}");
    }

    /// <summary>What <c>promtool check metrics</c> answers to a text: its exit code, and what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> CheckAsync(string exposition)
    {
        Assert.True(File.Exists(Program), $"{Program} is missing: apt-get install prometheus");
        var start = new ProcessStartInfo(Program, ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(exposition);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output + await error).Trim());
    }
}
