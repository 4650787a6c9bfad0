namespace Winnow.Accounts;

/// <summary>Currencies in which an account can count.</summary>
public static class Currency
{
    /// <summary>That of a new account.</summary>
    public const string Default = "EUR";

    /// <summary>Codes and English names of ISO 4217, as far as banks change them for others; sorted by code.</summary>
    public static readonly IReadOnlyList<(string Code, string Name)> All =
    [
        ("AED", "UAE dirham"), ("ARS", "Argentine peso"), ("AUD", "Australian dollar"), ("BGN", "Bulgarian lev"), ("BRL", "Brazilian real"), ("CAD", "Canadian dollar"),
        ("CHF", "Swiss franc"), ("CLP", "Chilean peso"), ("CNY", "Chinese yuan"), ("COP", "Colombian peso"), ("CZK", "Czech koruna"), ("DKK", "Danish krone"),
        ("EGP", "Egyptian pound"), ("EUR", "Euro"), ("GBP", "British pound"), ("HKD", "Hong Kong dollar"), ("HUF", "Hungarian forint"), ("IDR", "Indonesian rupiah"),
        ("ILS", "Israeli shekel"), ("INR", "Indian rupee"), ("ISK", "Icelandic króna"), ("JPY", "Japanese yen"), ("KES", "Kenyan shilling"), ("KRW", "South Korean won"),
        ("MAD", "Moroccan dirham"), ("MXN", "Mexican peso"), ("MYR", "Malaysian ringgit"), ("NGN", "Nigerian naira"), ("NOK", "Norwegian krone"), ("NZD", "New Zealand dollar"),
        ("PEN", "Peruvian sol"), ("PHP", "Philippine peso"), ("PKR", "Pakistani rupee"), ("PLN", "Polish złoty"), ("RON", "Romanian leu"), ("RSD", "Serbian dinar"),
        ("SAR", "Saudi riyal"), ("SEK", "Swedish krona"), ("SGD", "Singapore dollar"), ("THB", "Thai baht"), ("TRY", "Turkish lira"), ("TWD", "Taiwan dollar"),
        ("UAH", "Ukrainian hryvnia"), ("USD", "US dollar"), ("VND", "Vietnamese dong"), ("ZAR", "South African rand"),
    ];
}
