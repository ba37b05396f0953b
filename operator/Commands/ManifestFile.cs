using System.CommandLine;
using System.Globalization;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Commands;

/// <summary>The FILE argument, and what is said about a file that is wrong.</summary>
internal static class ManifestFile
{
    public static Argument<string> Argument() => new("FILE") { Description = "A FederatedJob as YAML or JSON; - reads standard input." };

    /// <summary>The job in the file; null after saying what is wrong with it.</summary>
    public static FederatedJob? Read(string file, TextWriter errors)
    {
        string text;
        try
        {
            text = file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file}: cannot be read: {e.Message}");
            return null;
        }
        var reading = Manifest.Read(text);
        Explain(file, reading.Problems, errors);
        return reading.Job;
    }

    private static void Explain(string file, IReadOnlyList<Problem> problems, TextWriter errors)
    {
        foreach (var problem in problems)
            errors.WriteLine($"{file}{problem.Line?.ToString(":0", CultureInfo.InvariantCulture)}: {problem}");
        if (problems.Count > 0)
            errors.WriteLine($"{file}: {problems.Count} problem{(problems.Count == 1 ? "" : "s")}; nothing was started.");
    }
}
