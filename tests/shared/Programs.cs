using System.Diagnostics;

namespace FedOperator.Tests;

/// <summary>Runs other programs.</summary>
internal static class Programs
{
    /// <summary>Runs to the end; standard output, or a failure with standard error.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{await error}");
        return output;
    }

    /// <summary>Debian's Python with numpy.</summary>
    public static async Task<string> PythonAsync(params string[] arguments)
    {
        const string Python = "/usr/bin/python3";
        Assert.True(File.Exists(Python), $"{Python} is missing: apt-get install python3 python3-numpy");
        return await RunAsync(Python, arguments);
    }

    /// <summary>A file of the repository.</summary>
    public static string Source(string relative) => Path.Join(Root, relative);

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Join(folder.FullName, "FedOperator.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("no FedOperator.sln above the tests");
    }
}
