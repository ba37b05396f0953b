using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Commands;

/// <summary>Reads options' texts from the command line, else from the environment, and collects what is wrong with them.</summary>
/// <param name="parsed">The command line.</param>
/// <param name="environment">Reads an environment variable.</param>
internal sealed partial class SettingsReader(ParseResult parsed, Func<string, string?> environment)
{
    private readonly List<Problem> _problems = [];

    /// <summary>In the order in which settings were read.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>The environment variable of an option.</summary>
    public static string Variable(Option option) => "FED_OPERATOR_" + option.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Whether it is on the command line, or in the environment.</summary>
    public bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false } || environment(Variable(option)) is { Length: > 0 };

    /// <summary>Adds a problem of an option; it is called as it was given.</summary>
    public void Add(Option option, string? value, string wrong, string fix) =>
        _problems.Add(new Problem(parsed.GetResult(option) is not { Implicit: false } && environment(Variable(option)) is { Length: > 0 } ? Variable(option) : option.Name, value, wrong, fix));

    /// <summary>The text; null where none was given.</summary>
    public string? Text(Option<string?> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : environment(Variable(option)) is { Length: > 0 } text ? text : null;

    /// <summary>True or false; an option alone is true.</summary>
    public bool Truth(Option<string?> option, bool otherwise)
    {
        if (!IsGiven(option))
            return otherwise;
        switch (Text(option)?.ToLowerInvariant())
        {
            case null or "true":
                return true;
            case "false":
                return false;
            case var text:
                Add(option, text, "is neither true nor false", "give one of them");
                return otherwise;
        }
    }

    /// <summary>A whole number.</summary>
    public int Number(Option<string?> option, int otherwise, int least, int most)
    {
        if (Text(option) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Add(option, text, $"is not a whole number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}", "give one in that range");
        return otherwise;
    }

    /// <summary>A duration: `500ms`, `5s`, `1h30m`, `7d`.</summary>
    public TimeSpan Duration(Option<string?> option, TimeSpan otherwise, TimeSpan least, TimeSpan most)
    {
        if (Text(option) is not { } text)
            return otherwise;
        if (Durations.TryParse(text, out var duration) && duration >= least && duration <= most)
            return duration;
        Add(option, text, $"is not a duration from {Durations.Text(least)} to {Durations.Text(most)}", "write it like 30s, 15m, 1h30m");
        return otherwise;
    }

    /// <summary>One of some words.</summary>
    public string? Choice(Option<string?> option, IReadOnlyList<string> words)
    {
        if (Text(option) is { } text && Known(option, text, words))
            return text;
        return null;
    }

    /// <summary>Some of some words.</summary>
    public IReadOnlyList<string> Choices(Option<string[]> option, IReadOnlyList<string> words) => [.. Texts(option).Where(text => Known(option, text, words))];

    /// <summary>A name of the kind that namespaces have (a DNS label); null where none was given.</summary>
    public string? Label(Option<string?> option) => Text(option) is { } text && IsLabel(option, text) ? text : null;

    /// <summary>Names of the kind that namespaces have.</summary>
    public IReadOnlyList<string> Labels(Option<string[]> option) => [.. Texts(option).Where(text => IsLabel(option, text))];

    /// <summary>A name of the kind that most objects have (a DNS subdomain); null where none was given.</summary>
    public string? Name(Option<string?> option) => Text(option) is { } text && IsName(option, text) ? text : null;

    /// <summary>Names of the kind that most objects have.</summary>
    public IReadOnlyList<string> Names(Option<string[]> option) => [.. Texts(option).Where(text => IsName(option, text))];

    /// <summary>An image's reference.</summary>
    public string Image(Option<string?> option)
    {
        var text = Text(option);
        if (text is null)
            Add(option, null, "is missing", "name the image of the trainer, such as registry.example/fed-trainer:1.0");
        else if (!ImageForm().IsMatch(text))
            Add(option, text.Length == 0 ? "\"\"" : text, "is not the name of an image", "write it like registry.example/fed-trainer:1.0");
        return text ?? "";
    }

    /// <summary>Hosts, with or without a port.</summary>
    public IReadOnlyList<string> Hosts(Option<string[]> option)
    {
        var hosts = new List<string>();
        foreach (var text in Texts(option))
        {
            if (HostForm().IsMatch(text))
                hosts.Add(text.ToLowerInvariant());
            else
                Add(option, text, "is not a host", Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0 ? $"give the host alone: {url.Authority}" : "write it like ACCOUNT.blob.core.windows.net");
        }
        return hosts;
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelForm();

    [GeneratedRegex(@"^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NameForm();

    // What stands before a slash may be a host with its port; letters of tags may be capitals.
    [GeneratedRegex(@"^[a-z0-9][a-z0-9._\-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._\-]*)*(:[A-Za-z0-9_][A-Za-z0-9_.\-]{0,127})?(@sha256:[0-9a-f]{64})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ImageForm();

    [GeneratedRegex(@"^[a-zA-Z0-9]([a-zA-Z0-9.\-]*[a-zA-Z0-9])?(:[0-9]{1,5})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostForm();

    private IReadOnlyList<string> Texts(Option<string[]> option) =>
        parsed.GetResult(option) is { Implicit: false }
            ? parsed.GetValue(option) ?? []
            : environment(Variable(option))?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private bool IsLabel(Option option, string text) => Has(option, text, LabelForm(), "use lower-case letters, digits and dashes, 63 at most");

    private bool IsName(Option option, string text) => Has(option, text, NameForm(), "use lower-case letters, digits, dashes and dots, 253 at most");

    private bool Has(Option option, string text, Regex form, string fix)
    {
        if (form.IsMatch(text))
            return true;
        Add(option, text.Length == 0 ? "\"\"" : text, "is not a Kubernetes name", text.Contains(',', StringComparison.Ordinal) ? "repeat the option for each name" : fix);
        return false;
    }

    private bool Known(Option option, string text, IReadOnlyList<string> words)
    {
        if (words.Contains(text, StringComparer.Ordinal))
            return true;
        Add(option, text.Length == 0 ? "\"\"" : text, "is unknown here", words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } near ? $"did you mean {near}?" : $"use one of {string.Join(", ", words)}");
        return false;
    }
}
