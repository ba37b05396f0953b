using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FedOperator.Core.Api;

/// <summary>What a YAML scalar means to kubectl (sigs.k8s.io/yaml over go-yaml v2): quoted is text; plain is null, a boolean (yes, no, on, off too), a number, or text.</summary>
internal static partial class YamlScalars
{
    private const string TextTag = "tag:yaml.org,2002:str";

    /// <summary>Why the scalar has no JSON value, or null where it has one.</summary>
    public static string? Refusal(Scalar scalar)
    {
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific && scalar.Tag.Value != TextTag)
            return $"has the YAML tag {scalar.Tag.Value}, which is not supported";
        return IsPlain(scalar) && NotFinite().IsMatch(scalar.Value) ? "is not a finite number" : null;
    }

    /// <summary>The scalar as JSON.</summary>
    public static JsonNode? Value(Scalar scalar)
    {
        var text = scalar.Value;
        if (!IsPlain(scalar))
            return JsonValue.Create(text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" or "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => JsonValue.Create(true),
            "false" or "False" or "FALSE" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => JsonValue.Create(false),
            _ => Number(text) ?? JsonValue.Create(text),
        };
    }

    /// <summary>A key as text: JSON has no other keys.</summary>
    public static string Key(Scalar scalar) => Value(scalar) switch
    {
        null => "null",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => other.ToJsonString(),
    };

    private static bool IsPlain(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;

    private static JsonNode? Number(string text)
    {
        if (text[0] is not ('+' or '-' or '.' or (>= '0' and <= '9')))
            return null;
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (Integer().Match(digits) is { Success: true } match && WholeNumber(match) is { } whole)
            return JsonValue.Create(whole);
        return Fraction().IsMatch(digits) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : null;
    }

    private static long? WholeNumber(Match match)
    {
        var (radix, digits) = match.Groups["radix"].Value switch
        {
            "0x" or "0X" => (16, match.Groups["digits"].Value),
            "0b" or "0B" => (2, match.Groups["digits"].Value),
            "0o" or "0O" => (8, match.Groups["digits"].Value),
            // A leading zero means octal, as in C: 010 is 8, and 089 is a fraction's 89.
            _ when match.Groups["digits"].Value is { Length: > 1 } octal && octal[0] == '0' => (8, octal),
            _ => (10, match.Groups["digits"].Value),
        };
        var magnitude = 0L;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.ToLowerInvariant(c) - 'a' + 10;
            if (digit >= radix || magnitude > (long.MaxValue - digit) / radix)
                return null;
            magnitude = magnitude * radix + digit;
        }
        return match.Groups["sign"].Value == "-" ? -magnitude : magnitude;
    }

    [GeneratedRegex(@"^(?<sign>[-+]?)(?<radix>0[xXbBoO])?(?<digits>[0-9a-fA-F]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fraction();

    [GeneratedRegex(@"^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotFinite();
}
